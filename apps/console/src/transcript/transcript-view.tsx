'use client';

import { Skeleton, Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconArrowLeft } from '@tabler/icons-react';
import Link from 'next/link';
import { useSession } from '../api/session-context';
import { DeletedJob } from '../job/deleted-job';
import type { Job, JobState } from '../job/job-state';
import { useJob } from '../job/use-job';
import { isTerminal } from '../jobs/job-states';
import { StateBadge } from '../jobs/state-badge';
import { MessageState } from '../shell/message-state';
import { formatClock, formatLanguage } from '../ui/format';
import { TranscriptDesk } from './transcript-desk';
import classes from './transcript-page.module.css';

function TranscriptHeader({ job }: { job: Job }) {
  const seconds = job.audioSeconds ?? job.media.durationSeconds;
  return (
    <header>
      <Link href={`/jobs/${encodeURIComponent(job.id)}`} className={classes.back}>
        <IconArrowLeft size={13} aria-hidden style={{ verticalAlign: '-2px' }} /> Job
      </Link>
      <h1 className={classes.pageTitle}>{job.media.filename}</h1>
      <div className={`${classes.subtitle} numeric`}>
        <span role="status">
          <StateBadge state={job.state} />
        </span>
        {seconds === null ? null : <span>{formatClock(seconds)} long</span>}
        {job.wordCount === null ? null : <span>{job.wordCount.toLocaleString('en')} words</span>}
        {job.language === null ? null : <span>{formatLanguage(job.language)}</span>}
        {job.model === null ? null : <span>{job.model}</span>}
      </div>
    </header>
  );
}

function TranscriptPage({ state }: { state: JobState }) {
  const { viewer } = useSession();
  const writable = viewer.scope !== 'READ' && isTerminal(state.job.state);
  return (
    <Stack gap="md">
      <TranscriptHeader job={state.job} />
      <TranscriptDesk job={state.job} streamed={state.segments} seq={state.seq} writable={writable} />
    </Stack>
  );
}

export function TranscriptView({ id }: { id: string }) {
  const { state, refusal, deleted } = useJob(id);
  useDocumentTitle(
    state === undefined
      ? 'Transcript · Voice Transcriber'
      : `${state.job.media.filename} · Transcript · Voice Transcriber`,
  );
  if (deleted) return <DeletedJob />;
  if (refusal !== undefined)
    return <MessageState title="There is no such transcript" text={refusal} linkLabel="To the jobs" linkHref="/jobs" />;
  if (state === undefined)
    return (
      <Stack gap="md" aria-busy>
        <Skeleton height={56} width={320} />
        <Skeleton height={150} />
        <Skeleton height={420} />
      </Stack>
    );
  return <TranscriptPage state={state} />;
}
