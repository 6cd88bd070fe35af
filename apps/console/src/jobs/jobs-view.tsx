'use client';

import { Button, Skeleton, Stack, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useCallback, useState } from 'react';
import { useConsoleEvents } from '../api/console-stream';
import { useSession } from '../api/session-context';
import { allows } from '../shell/pages';
import { EmptyState } from '../ui/empty-state';
import { ProblemAlert } from '../ui/problem-alert';
import { UploadPanel } from '../upload/upload-panel';
import { BulkBar } from './bulk-bar';
import { JobCards } from './job-cards';
import { isNarrowed, type JobCriteria } from './job-criteria';
import { isSelected, NOTHING_SELECTED, withAllRows, withoutRow, withRow, type JobSelection } from './job-selection';
import type { JobFilter } from './job-states';
import { JobsFilters } from './jobs-filters';
import { JobsTable, type JobRowsProps } from './jobs-table';
import { JobsTabs } from './jobs-tabs';
import classes from './jobs.module.css';
import { useJobCounts } from './use-job-counts';
import { useJobCriteria } from './use-job-criteria';
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

interface JobsBodyProps extends Omit<JobRowsProps, 'list' | 'loadMore'> {
  readonly jobs: Jobs;
  readonly criteria: JobCriteria;
  readonly onClear: () => void;
}

function JobsBody({ jobs, criteria, onClear, ...rest }: JobsBodyProps) {
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
  if (jobs.list.rows.length === 0) {
    if (isNarrowed(criteria))
      return (
        <EmptyState title="Nothing fits" text="No job fits the search and the filters.">
          <Button variant="default" size="xs" mt="sm" onClick={onClear}>
            Clear the filters
          </Button>
        </EmptyState>
      );
    const [title, text] = EMPTY_TEXTS[criteria.state];
    return <EmptyState title={title} text={text} />;
  }
  const rows = { ...rest, list: jobs.list, loadMore: jobs.loadMore };
  return (
    <>
      {narrow ? <JobCards {...rows} /> : <JobsTable {...rows} />}
      {jobs.list.hasMore ? (
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
  const { criteria, change, clear } = useJobCriteria();
  const { viewer } = useSession();
  const jobs = useJobs(criteria);
  const counts = useJobCounts(criteria);
  const [selection, setSelection] = useState<JobSelection>(NOTHING_SELECTED);
  const [selectedFor, setSelectedFor] = useState(criteria);
  const rows = jobs.list?.rows ?? [];
  // What was ticked in one list must not be acted upon from another.
  if (selectedFor !== criteria) {
    setSelectedFor(criteria);
    setSelection(NOTHING_SELECTED);
  }
  useConsoleEvents((event) => {
    if (event.__typename === 'TranscriptionDeleted') setSelection((current) => withoutRow(current, event.id));
  });
  // The same function for as long as the rows are the same, so that only changed rows are drawn.
  const loaded = jobs.list?.rows;
  const select = useCallback((id: string) => setSelection((current) => withRow(current, id, loaded ?? [])), [loaded]);
  return (
    <>
      <UploadPanel />
      <Stack gap="sm">
        <div className={classes.head}>
          <Title order={1} size="h3">
            Jobs
          </Title>
          <JobsTabs value={criteria.state} counts={counts} onChange={(state) => change({ state })} />
        </div>
        <JobsFilters criteria={criteria} onChange={change} onClear={clear} />
        {jobs.problem === undefined ? null : (
          <ProblemAlert title="The list could not be loaded" message={jobs.problem} onRetry={jobs.reload} />
        )}
        <div className={classes.panel}>
          <JobsBody
            jobs={jobs}
            criteria={criteria}
            total={counts?.[criteria.state]}
            selection={selection}
            selectable={allows(viewer.scope, 'WRITE')}
            onSelect={select}
            onSelectAll={() => setSelection((current) => withAllRows(current, rows))}
            onClear={clear}
          />
        </div>
        <BulkBar
          selection={selection}
          onSelection={setSelection}
          filter={jobs.filter}
          matching={counts?.[criteria.state]}
          allRowsSelected={rows.every(({ id }) => isSelected(selection, id))}
        />
      </Stack>
    </>
  );
}
