import { VisuallyHidden } from '@mantine/core';
import Link from 'next/link';
import { formatAge, formatClock, formatDate, formatLanguage } from '../ui/format';
import { useNow } from '../ui/use-now';
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

export function JobsTable({ rows }: { rows: readonly JobRow[] }) {
  const now = useNow(30);
  return (
    <table className={classes.table} aria-label="Jobs">
      <colgroup>
        <col style={{ width: '29%' }} />
        <col style={{ width: 132 }} />
        <col />
        <col style={{ width: 78 }} />
        <col style={{ width: 96 }} />
        <col style={{ width: 116 }} />
        <col style={{ width: 116 }} />
        <col style={{ width: 52 }} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Recording</th>
          <th scope="col">State</th>
          <th scope="col">Progress</th>
          <th scope="col" className={classes.end}>
            Length
          </th>
          <th scope="col">Language</th>
          <th scope="col">Model</th>
          <th scope="col">Created</th>
          <th scope="col">
            <VisuallyHidden>Actions</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((job) => {
          const seconds = job.audioSeconds ?? job.media.durationSeconds;
          const created = new Date(job.createdAt);
          return (
            <tr key={job.id}>
              <td>
                <Link className={classes.name} href={`/jobs/${encodeURIComponent(job.id)}`} title={job.media.filename}>
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
        })}
      </tbody>
    </table>
  );
}
