'use client';

import { Skeleton, Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { isTerminal } from '../jobs/job-states';
import { MessageState } from '../shell/message-state';
import { ProblemAlert } from '../ui/problem-alert';
import { DeletedJob } from './deleted-job';
import { JobChoice } from './job-choice';
import { JobExports } from './job-exports';
import { JobFacts } from './job-facts';
import { JobHeader } from './job-header';
import { JobParameters } from './job-parameters';
import { JobProgress } from './job-progress';
import type { JobState } from './job-state';
import { JobWaterfall } from './job-waterfall';
import { JobWorkPanel } from './job-work-panel';
import classes from './job.module.css';
import { LiveText } from '../transcript/live-text';
import { useJob } from './use-job';
import { useJobWork } from './use-job-work';

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

  if (deleted) return <DeletedJob />;
  if (refusal !== undefined)
    return <MessageState title="There is no such job" text={refusal} linkLabel="To the jobs" linkHref="/jobs" />;
  if (state === undefined) return <JobLoading />;

  return <JobPage state={state} />;
}

function JobPage({ state: { job, segments } }: { readonly state: JobState }) {
  const work = useJobWork(job.id, job.state, !isTerminal(job.state));
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
      <JobWaterfall job={job} work={work} />
      <div className={classes.columns}>
        <LiveText job={job} segments={segments} />
        <div className={classes.side}>
          <JobExports job={job} hasText={segments.length > 0} />
          <JobFacts job={job} />
          <JobParameters job={job} />
          <JobWorkPanel work={work} />
          <JobChoice job={job} />
        </div>
      </div>
    </Stack>
  );
}
