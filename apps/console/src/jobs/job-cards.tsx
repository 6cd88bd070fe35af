import Link from 'next/link';
import { formatAge, formatClock, formatLanguage } from '../ui/format';
import { useNow } from '../ui/use-now';
import { JobMenu } from './job-menu';
import type { JobRow } from './job-list';
import { JobOutcome } from './job-outcome';
import classes from './jobs.module.css';
import { StateBadge } from './state-badge';

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
export function JobCards({ rows }: { rows: readonly JobRow[] }) {
  const now = useNow(30);
  return (
    <ul className={classes.cards} aria-label="Jobs">
      {rows.map((job) => (
        <li key={job.id} className={classes.card}>
          <div className={classes.cardBody}>
            <Link className={classes.name} href={`/jobs/${encodeURIComponent(job.id)}`}>
              {job.media.filename}
            </Link>
            <StateBadge state={job.state} />
            <JobOutcome job={job} />
            <span className={`${classes.note} numeric`}>{factsOf(job, now)}</span>
          </div>
          <JobMenu job={job} />
        </li>
      ))}
    </ul>
  );
}
