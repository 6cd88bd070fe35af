'use client';

import { Button, Skeleton, Stack, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { EmptyState } from '../ui/empty-state';
import { ProblemAlert } from '../ui/problem-alert';
import { UploadPanel } from '../upload/upload-panel';
import { JobCards } from './job-cards';
import { JOB_FILTERS, type JobFilter } from './job-states';
import { JobsFilter } from './jobs-filter';
import { JobsTable } from './jobs-table';
import classes from './jobs.module.css';
import { useJobs, type Jobs } from './use-jobs';

const EMPTY_TEXTS: Readonly<Record<JobFilter, readonly [title: string, text: string]>> = {
  all: [
    'No jobs yet',
    'Choose a recording, or drop one anywhere on this page. Its text appears while it is being transcribed.',
  ],
  running: ['Nothing is running', 'Jobs appear here while a worker reads or transcribes them.'],
  waiting: ['Nothing is waiting', 'Jobs wait here when all workers are busy, or while they are paused.'],
  done: ['Nothing is done yet', 'Finished transcripts appear here.'],
  failed: ['No failures', 'Jobs that could not be transcribed appear here, each with its reason.'],
  cancelled: ['Nothing was cancelled', 'Jobs that somebody stopped appear here and can be started again.'],
};

function JobsBody({ jobs, filter }: { jobs: Jobs; filter: JobFilter }) {
  const narrow = useMediaQuery('(max-width: 61.99em)', undefined, { getInitialValueInEffect: false });
  if (jobs.list === undefined) {
    if (jobs.problem !== undefined) return null;
    return (
      <Stack gap={10} p="md" aria-busy="true" aria-label="Loading the jobs">
        {Array.from({ length: 6 }, (_, index) => (
          <Skeleton key={index} height={32} />
        ))}
      </Stack>
    );
  }
  const { rows, hasMore } = jobs.list;
  if (rows.length === 0) {
    const [title, text] = EMPTY_TEXTS[filter];
    return <EmptyState title={title} text={text} />;
  }
  return (
    <>
      {narrow ? <JobCards rows={rows} /> : <JobsTable rows={rows} />}
      {hasMore ? (
        <div className={classes.more}>
          <Button variant="subtle" size="sm" loading={jobs.loadingMore} onClick={jobs.loadMore}>
            Load older jobs
          </Button>
        </div>
      ) : null}
    </>
  );
}

export function JobsView() {
  const [filter, setFilter] = useQueryState(
    'state',
    parseAsStringLiteral(JOB_FILTERS).withDefault('all').withOptions({ history: 'push' }),
  );
  const jobs = useJobs(filter);
  return (
    <>
      <UploadPanel />
      <Stack gap="sm">
        <div className={classes.head}>
          <Title order={1} size="h3">
            Jobs
          </Title>
          <JobsFilter value={filter} onChange={(next) => void setFilter(next)} />
        </div>
        {jobs.problem === undefined ? null : (
          <ProblemAlert title="The list could not be loaded" message={jobs.problem} onRetry={jobs.reload} />
        )}
        <div className={classes.panel}>
          <JobsBody jobs={jobs} filter={filter} />
        </div>
      </Stack>
    </>
  );
}
