import { Checkbox } from '@mantine/core';
import Link from 'next/link';
import { memo } from 'react';
import { formatAge, formatClock, formatDate, formatLanguage } from '../ui/format';
import { JobMenu } from './job-menu';
import type { JobRow } from './job-list';
import { JobOutcome } from './job-outcome';
import classes from './jobs.module.css';
import { StateBadge } from './state-badge';

const NONE = '–';

function languageOf({ language, requestedLanguage }: JobRow): string {
  const code = language ?? requestedLanguage;
  return code === null ? NONE : formatLanguage(code);
}

interface JobTableRowProps {
  readonly job: JobRow;
  readonly now: Date;
  readonly place: number;
  /** Undefined for readers, who have nothing to select for. */
  readonly selected: boolean | undefined;
  readonly onSelect: (id: string) => void;
}

/** Drawn again only when its own job changed: many rows are live at once. */
export const JobTableRow = memo(function JobTableRow({ job, now, place, selected, onSelect }: JobTableRowProps) {
  const seconds = job.audioSeconds ?? job.media.durationSeconds;
  const created = new Date(job.createdAt);
  return (
    <tr aria-rowindex={place} data-selected={selected === true || undefined}>
      {selected === undefined ? null : (
        <td className={classes.tick}>
          <Checkbox
            size="xs"
            checked={selected}
            aria-label={`Select ${job.media.filename}`}
            onChange={() => onSelect(job.id)}
          />
        </td>
      )}
      <td>
        <Link
          className={classes.name}
          href={`/jobs/${encodeURIComponent(job.id)}`}
          prefetch={false}
          title={job.media.filename}
        >
          {job.media.filename}
        </Link>
      </td>
      <td>
        <StateBadge state={job.state} />
      </td>
      <td title={job.error?.message}>
        <JobOutcome job={job} />
      </td>
      <td className={`${classes.end} numeric`}>{seconds === null ? NONE : formatClock(seconds)}</td>
      <td>{languageOf(job)}</td>
      <td>{job.model ?? job.requestedModel ?? NONE}</td>
      <td title={formatDate(created)}>
        <time dateTime={job.createdAt}>{formatAge(created, now)}</time>
      </td>
      <td className={classes.end}>
        <JobMenu job={job} />
      </td>
    </tr>
  );
});
