import {
  IconBox,
  IconChartBar,
  IconCpu,
  IconHistory,
  IconLayoutDashboard,
  IconList,
  IconPlugConnected,
  IconPlus,
  IconSearch,
  IconServer2,
  IconSettings,
  IconStack2,
} from '@tabler/icons-react';
import type { ApiKeyScope } from '../gql/graphql';

export interface ConsolePage {
  readonly href: string;
  readonly label: string;
  /** What the page is for, in the palette. */
  readonly purpose: string;
  readonly Icon: typeof IconList;
  /** Goes there when pressed after `g`. */
  readonly key: string;
  /** The least that its reader must be allowed. */
  readonly scope: ApiKeyScope;
}

export interface PageGroup {
  /** Undefined for the pages that need no heading. */
  readonly label: string | undefined;
  readonly pages: readonly ConsolePage[];
}

const PAGE_GROUPS: readonly PageGroup[] = [
  {
    label: undefined,
    pages: [
      {
        href: '/overview',
        label: 'Overview',
        purpose: 'What runs, waits and fails, with charts',
        Icon: IconLayoutDashboard,
        key: 'o',
        scope: 'READ',
      },
      {
        href: '/jobs',
        label: 'Jobs',
        purpose: 'All transcriptions, filters and bulk actions',
        Icon: IconList,
        key: 'j',
        scope: 'READ',
      },
      {
        href: '/new',
        label: 'New',
        purpose: 'Transcribe recordings, with all options',
        Icon: IconPlus,
        key: 'n',
        scope: 'WRITE',
      },
      {
        href: '/search',
        label: 'Search',
        purpose: 'Words in all transcripts',
        Icon: IconSearch,
        key: 's',
        scope: 'READ',
      },
    ],
  },
  {
    label: 'Operation',
    pages: [
      {
        href: '/queue',
        label: 'Queue',
        purpose: 'Depth, rates, pause and resume',
        Icon: IconStack2,
        key: 'q',
        scope: 'READ',
      },
      {
        href: '/workers',
        label: 'Workers',
        purpose: 'Slots, heartbeats, current work',
        Icon: IconServer2,
        key: 'w',
        scope: 'READ',
      },
      {
        href: '/models',
        label: 'Models',
        purpose: 'Installed and available models',
        Icon: IconBox,
        key: 'm',
        scope: 'READ',
      },
      {
        href: '/backends',
        label: 'Backends',
        purpose: 'Engines, devices and self-tests',
        Icon: IconPlugConnected,
        key: 'b',
        scope: 'READ',
      },
      {
        href: '/benchmarks',
        label: 'Benchmarks',
        purpose: 'Speed against word error rate',
        Icon: IconChartBar,
        key: 'c',
        scope: 'READ',
      },
    ],
  },
  {
    label: 'Administration',
    pages: [
      {
        href: '/system',
        label: 'System',
        purpose: 'Machine, limits, disk, database, findings',
        Icon: IconCpu,
        key: 'y',
        scope: 'READ',
      },
      {
        href: '/settings',
        label: 'Settings',
        purpose: 'Keys, webhooks, presets, retention',
        Icon: IconSettings,
        key: 't',
        scope: 'ADMIN',
      },
      {
        href: '/audit',
        label: 'Audit log',
        purpose: 'Who changed what, and when',
        Icon: IconHistory,
        key: 'a',
        scope: 'ADMIN',
      },
    ],
  },
];

const SCOPES: readonly ApiKeyScope[] = ['READ', 'WRITE', 'ADMIN'];

/** Each scope includes the ones before it. */
export const allows = (scope: ApiKeyScope, needed: ApiKeyScope): boolean =>
  SCOPES.indexOf(scope) >= SCOPES.indexOf(needed);

/** The pages that a viewer may use. A page that would only refuse is not offered. */
export function pagesFor(scope: ApiKeyScope): readonly PageGroup[] {
  return PAGE_GROUPS.map((group) => ({
    ...group,
    pages: group.pages.filter((page) => allows(scope, page.scope)),
  })).filter(({ pages }) => pages.length > 0);
}

/** A page is current on its own address and on those below it. */
export const isCurrent = (href: string, pathname: string): boolean =>
  pathname === href || pathname.startsWith(`${href}/`);
