'use client';

import { IconArrowLeft } from '@tabler/icons-react';
import Link from 'next/link';
import { useSession } from '../api/session-context';
import { StateBadge } from '../jobs/state-badge';
import { formatAge, formatClock, formatDate, formatLanguage, formatSpan } from '../ui/format';
import { useNow } from '../ui/use-now';
import { JobActions } from './job-actions';
import type { Job } from './job-state';
import classes from './job.module.css';

function tookSeconds({ startedAt, finishedAt }: Job): number | undefined {
  return startedAt === null || finishedAt === null
    ? undefined
    : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}

export function JobHeader({ job }: { job: Job }) {
  const now = useNow(30);
  const { viewer } = useSession();
  const created = new Date(job.createdAt);
  const seconds = job.audioSeconds ?? job.media.durationSeconds;
  const language = job.language ?? job.requestedLanguage;
  const took = tookSeconds(job);
  return (
    <header className={classes.header}>
      <div className={classes.titleBlock}>
        <Link href="/jobs" className={classes.back}>
          <IconArrowLeft size={13} aria-hidden style={{ verticalAlign: '-2px' }} /> Jobs
        </Link>
        <h1 className={classes.title}>{job.media.filename}</h1>
        <div className={`${classes.subtitle} numeric`}>
          <span role="status">
            <StateBadge state={job.state} />
          </span>
          {seconds === null ? null : <span>{formatClock(seconds)} long</span>}
          {language === null ? null : <span>{formatLanguage(language)}</span>}
          {took === undefined ? null : <span>took {formatSpan(took)}</span>}
          <time dateTime={job.createdAt} title={formatDate(created)}>
            {formatAge(created, now)}
          </time>
        </div>
      </div>
      {viewer.scope === 'READ' ? null : <JobActions job={job} />}
    </header>
  );
}
