'use client';

import { Skeleton, Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { isTerminal } from '../jobs/job-states';
import { MessageState } from '../shell/message-state';
import { ProblemAlert } from '../ui/problem-alert';
import { JobChoice } from './job-choice';
import { JobExports } from './job-exports';
import { JobFacts } from './job-facts';
import { JobHeader } from './job-header';
import { JobProgress } from './job-progress';
import { JobWorkPanel } from './job-work-panel';
import classes from './job.module.css';
import { Transcript } from './transcript';
import { useJob } from './use-job';

function JobLoading() {
  return (
    <Stack aria-busy="true" aria-label="Loading the job">
      <Skeleton height={20} width={80} />
      <Skeleton height={36} width="60%" />
      <Skeleton height={320} />
    </Stack>
  );
}

export function JobView({ id }: { id: string }) {
  const { state, refusal, deleted } = useJob(id);
  useDocumentTitle(state === undefined ? 'Job · Voice Transcriber' : `${state.job.media.filename} · Voice Transcriber`);

  if (deleted)
    return (
      <MessageState
        title="This job was deleted"
        text="Its transcript and its recording are gone."
        linkLabel="To the jobs"
        linkHref="/jobs"
      />
    );
  if (refusal !== undefined)
    return <MessageState title="There is no such job" text={refusal} linkLabel="To the jobs" linkHref="/jobs" />;
  if (state === undefined) return <JobLoading />;

  const { job, segments } = state;
  return (
    <Stack gap="md">
      <JobHeader job={job} />
      {job.error === null ? null : (
        <ProblemAlert
          title={job.state === 'PARTIAL' ? 'A part is missing' : 'This job failed'}
          message={job.error.message}
        />
      )}
      {job.warnings.map((warning, index) => (
        <ProblemAlert key={`${warning.code}-${index}`} tone="warned" title="Worth knowing" message={warning.message} />
      ))}
      {isTerminal(job.state) ? null : <JobProgress job={job} />}
      <div className={classes.columns}>
        <Transcript job={job} segments={segments} />
        <div className={classes.side}>
          <JobExports job={job} hasText={segments.length > 0} />
          <JobFacts job={job} />
          <JobWorkPanel job={job} />
          <JobChoice job={job} />
        </div>
      </div>
    </Stack>
  );
}
