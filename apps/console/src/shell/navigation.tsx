'use client';

import { Kbd } from '@mantine/core';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useSession } from '../api/session-context';
import { useSystem } from '../system/system-context';
import classes from './navigation.module.css';
import { isCurrent, pagesFor } from './pages';

/** All pages that this viewer may use, the current one marked. */
export function Navigation({ onNavigate }: { readonly onNavigate?: () => void }) {
  const pathname = usePathname();
  const { viewer } = useSession();
  const { queue } = useSystem();
  const counts: Readonly<Record<string, number | undefined>> = { '/jobs': queue?.running, '/queue': queue?.waiting };
  return (
    <nav className={classes.nav} aria-label="Main">
      {pagesFor(viewer.scope).map(({ label: groupLabel, pages }) => (
        <div key={groupLabel ?? 'first'} className={classes.group}>
          {groupLabel === undefined ? null : <div className={classes.groupLabel}>{groupLabel}</div>}
          <ul className={classes.links}>
            {pages.map(({ href, label, Icon, key }) => (
              <li key={href}>
                <Link
                  href={href}
                  className={classes.link}
                  {...(onNavigate && { onClick: onNavigate })}
                  {...(isCurrent(href, pathname) && { 'aria-current': 'page' as const })}
                >
                  <Icon size={17} stroke={1.6} aria-hidden />
                  <span className={classes.linkLabel}>{label}</span>
                  {(counts[href] ?? 0) > 0 ? (
                    <span className={`${classes.count} numeric`} aria-hidden>
                      {counts[href]}
                    </span>
                  ) : (
                    <Kbd size="xs" className={classes.key} aria-hidden>
                      g {key}
                    </Kbd>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
