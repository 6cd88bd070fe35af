'use client';

import { Stack, Switch } from '@mantine/core';
import { useState } from 'react';
import { useLiveQuery } from '../api/use-live-query';
import { EmptyState } from '../ui/empty-state';
import { LoadingRows } from '../ui/loading-rows';
import { PageHead } from '../ui/page-head';
import { ProblemAlert } from '../ui/problem-alert';
import type { ApiWorker } from './api-worker';
import { WorkersDocument } from './worker-documents';
import { WorkerPanel } from './worker-panel';
import classes from './workers.module.css';

const REFRESH_SECONDS = 3;

function summaryOf(workers: readonly ApiWorker[]): string {
  const online = workers.filter(({ state }) => state === 'RUNNING');
  const busy = online.reduce((sum, { slotsBusy }) => sum + slotsBusy, 0);
  const slots = online.reduce((sum, worker) => sum + worker.slots, 0);
  return `${online.length} online, ${busy} of ${slots} slots busy`;
}

export function WorkersView() {
  const [includeStopped, setIncludeStopped] = useState(false);
  const { data, problem, reload } = useLiveQuery({
    document: WorkersDocument,
    variables: { includeStopped },
    renewedBy: ['WorkersChanged'],
    everySeconds: REFRESH_SECONDS,
  });
  return (
    <Stack gap="md">
      <PageHead title="Workers" note={data && summaryOf(data.workers)}>
        <Switch
          size="sm"
          label="Show those that ended"
          checked={includeStopped}
          onChange={({ currentTarget: { checked } }) => setIncludeStopped(checked)}
        />
      </PageHead>
      {problem === undefined ? null : (
        <ProblemAlert title="The workers could not be loaded" message={problem} onRetry={reload} />
      )}
      {data === undefined && problem === undefined ? <LoadingRows label="Loading the workers" /> : null}
      {data?.workers.length === 0 ? (
        <EmptyState
          title="No worker is online"
          text="Nothing is transcribed until one is started. It reports here by itself within seconds."
        />
      ) : null}
      <div className={classes.grid}>
        {data?.workers.map((worker) => (
          <WorkerPanel key={worker.id} worker={worker} onChanged={reload} />
        ))}
      </div>
    </Stack>
  );
}
