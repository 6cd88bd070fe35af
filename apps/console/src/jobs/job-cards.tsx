'use client';

import { Checkbox } from '@mantine/core';
import Link from 'next/link';
import { formatAge, formatClock, formatLanguage } from '../ui/format';
import { useNow } from '../ui/use-now';
import { JobMenu } from './job-menu';
import type { JobRow } from './job-list';
import { JobOutcome } from './job-outcome';
import { isSelected } from './job-selection';
import classes from './jobs.module.css';
import type { JobRowsProps } from './jobs-table';
import { StateBadge } from './state-badge';
import { useRowWindow } from './use-row-window';

const CARD_PIXELS = 107;

function factsOf(job: JobRow, now: Date): string {
  const seconds = job.audioSeconds ?? job.media.durationSeconds;
  const language = job.language ?? job.requestedLanguage;
  const facts = [
    seconds === null ? undefined : formatClock(seconds),
    language === null ? undefined : formatLanguage(language),
    formatAge(new Date(job.createdAt), now),
  ];
  return facts.filter((fact) => fact !== undefined).join(' · ');
}

/** The list on a narrow screen: the same facts, one card per job. */
export function JobCards({ list, selection, selectable, onSelect, loadMore }: JobRowsProps) {
  const now = useNow(30);
  const { rows, hasMore } = list;
  const view = useRowWindow<HTMLUListElement>({ count: rows.length, rowPixels: CARD_PIXELS, hasMore, loadMore });
  return (
    <ul
      ref={view.list}
      className={classes.cards}
      aria-label="Jobs"
      style={{ paddingTop: view.abovePixels, paddingBottom: view.belowPixels }}
    >
      {view.items.map(({ index }) => {
        const job = rows[index];
        return job === undefined ? null : (
          <li key={job.id} ref={view.virtualizer.measureElement} data-index={index} className={classes.card}>
            {selectable ? (
              <Checkbox
                size="xs"
                mt={3}
                checked={isSelected(selection, job.id)}
                aria-label={`Select ${job.media.filename}`}
                onChange={() => onSelect(job.id)}
              />
            ) : null}
            <div className={classes.cardBody}>
              <Link className={classes.name} href={`/jobs/${encodeURIComponent(job.id)}`} prefetch={false}>
                {job.media.filename}
              </Link>
              <StateBadge state={job.state} />
              <JobOutcome job={job} />
              <span className={`${classes.note} numeric`}>{factsOf(job, now)}</span>
            </div>
            <JobMenu job={job} />
          </li>
        );
      })}
    </ul>
  );
}
