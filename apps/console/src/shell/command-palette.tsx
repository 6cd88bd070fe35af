'use client';

import '@mantine/spotlight/styles.css';

import { Modal, useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { IconFileText, IconSearch } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { memo, useEffect, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useSession } from '../api/session-context';
import { STATE_LOOKS } from '../jobs/job-states';
import { pagesFor } from './pages';
import { usePaletteActions } from './palette-actions';
import { usePaletteFindings } from './use-palette-findings';

const [store, palette] = createSpotlight();
const QUERY_PAUSE_MILLISECONDS = 180;
const RECENT_MAX = 4;
/** Not blurred: a live page would be blurred anew with each of its changes. */
const OVERLAY = { blur: 0, backgroundOpacity: 0.5 };

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly description?: string | undefined;
  readonly icon: ReactNode;
  readonly run: () => void;
}

const holds = (query: string, ...texts: readonly (string | undefined)[]): boolean =>
  texts.some((text) => text?.toLowerCase().includes(query.trim().toLowerCase()) === true);

const Group = memo(function Group({ label, entries }: { readonly label: string; readonly entries: readonly Entry[] }) {
  if (entries.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label={label}>
      {entries.map(({ id, label: name, description, icon, run }) => (
        <Spotlight.Action key={id} label={name} description={description ?? ''} leftSection={icon} onClick={run} />
      ))}
    </Spotlight.ActionsGroup>
  );
});

/** Enter without having chosen with the arrows takes the first one. */
function takeFirst({ key, currentTarget }: KeyboardEvent<HTMLInputElement>): void {
  if (key !== 'Enter') return;
  const dialog = currentTarget.closest('[role="dialog"]');
  if (dialog?.querySelector('[data-selected]') === null) dialog.querySelector<HTMLElement>('[data-action]')?.click();
}

interface CommandPaletteProps {
  readonly openings: number;
  readonly openShortcuts: () => void;
}

/** Goes anywhere and does anything from the keyboard: pages, jobs, words of transcripts, actions. Opens whenever `openings` grows. */
export function CommandPalette({ openings, openShortcuts }: CommandPaletteProps) {
  const router = useRouter();
  const { viewer } = useSession();
  const { toggleColorScheme } = useMantineColorScheme();
  const [query, setQuery] = useState('');
  const [settled] = useDebouncedValue(query, QUERY_PAUSE_MILLISECONDS);
  const { wanted, jobs, hits } = usePaletteFindings(settled, openings);
  // What was found for fewer letters must not be taken by an early Enter.
  const current = wanted === query.trim();
  const actions = usePaletteActions({ openShortcuts, toggleColorScheme });

  useEffect(() => palette.open(), [openings]);

  // The page below it is live: what is listed is put together again only when the question or an answer changes.
  const pages = useMemo(
    () =>
      pagesFor(viewer.scope)
        .flatMap((group) => group.pages)
        .filter(({ label, purpose }) => holds(query, label, purpose))
        .map(({ href, label, purpose, Icon }) => ({
          id: href,
          label,
          description: purpose,
          icon: <Icon size={18} stroke={1.6} aria-hidden />,
          run: () => router.push(href),
        })),
    [viewer.scope, query, router],
  );
  const jobEntries = useMemo(
    () =>
      jobs
        .filter(({ filename }) => current || holds(query, filename))
        .slice(0, query.trim() === '' ? RECENT_MAX : undefined)
        .map(({ id, filename, state }) => ({
          id,
          label: filename,
          description: STATE_LOOKS[state].label,
          icon: <IconFileText size={18} stroke={1.6} aria-hidden />,
          run: () => router.push(`/jobs/${encodeURIComponent(id)}`),
        })),
    [jobs, current, query, router],
  );
  const hitEntries = useMemo(
    () =>
      (current ? hits : []).map(({ id, href, text, filename }) => ({
        id,
        label: text,
        description: filename,
        icon: <IconSearch size={18} stroke={1.6} aria-hidden />,
        run: () => router.push(href),
      })),
    [hits, current, router],
  );
  const actionEntries = useMemo(() => actions.filter(({ label }) => holds(query, label)), [actions, query]);
  const nothing = [pages, jobEntries, hitEntries, actionEntries].every((entries) => entries.length === 0);

  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      scrollable
      maxHeight={440}
      overlayProps={OVERLAY}
      portalProps={{ target: '#content' }}
    >
      <VisuallyHidden>
        <Modal.Title>Find or do</Modal.Title>
      </VisuallyHidden>
      <Spotlight.Search
        placeholder="Pages, jobs, words of a transcript, actions"
        aria-label="Find or do"
        onKeyDown={takeFirst}
        leftSection={<IconSearch size={18} stroke={1.6} aria-hidden />}
      />
      <Spotlight.ActionsList>
        <Group label={query.trim() === '' ? 'Recent jobs' : 'Jobs'} entries={jobEntries} />
        <Group label="In transcripts" entries={hitEntries} />
        <Group label="Pages" entries={pages} />
        <Group label="Actions" entries={actionEntries} />
        {nothing ? <Spotlight.Empty>Nothing by that name.</Spotlight.Empty> : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
