'use client';

import { Stack } from '@mantine/core';
import { useMemo } from 'react';
import { useLiveQuery } from '../api/use-live-query';
import { EmptyState } from '../ui/empty-state';
import { LoadingRows } from '../ui/loading-rows';
import { PageHead } from '../ui/page-head';
import { ProblemAlert } from '../ui/problem-alert';
import { BackendsDocument } from './backend-documents';
import { errorRates } from './backend-list';
import { BackendPanel } from './backend-panel';
import classes from './backends.module.css';

const REFRESH_SECONDS = 30;

export function BackendsView() {
  const { data, problem, reload } = useLiveQuery({
    document: BackendsDocument,
    variables: {},
    renewedBy: ['WorkersChanged'],
    everySeconds: REFRESH_SECONDS,
  });
  const rates = useMemo(() => (data === undefined ? {} : errorRates(data.transcriptions.nodes)), [data]);
  const backends = data?.backends.toSorted(
    (left, right) => left.status.localeCompare(right.status) || left.name.localeCompare(right.name),
  );
  const available = backends?.filter(({ status }) => status === 'AVAILABLE').length;
  return (
    <Stack gap="md">
      <PageHead title="Backends" note={backends && `${available} of ${backends.length} available`} />
      {problem === undefined ? null : (
        <ProblemAlert title="The backends could not be loaded" message={problem} onRetry={reload} />
      )}
      {backends === undefined && problem === undefined ? <LoadingRows label="Loading the backends" /> : null}
      {backends?.length === 0 ? (
        <EmptyState
          title="No backend has reported"
          text="A worker tries each backend when it starts and reports what it found. Start a worker."
        />
      ) : null}
      <div className={classes.grid}>
        {backends?.map((backend) => (
          <BackendPanel key={backend.id} backend={backend} rate={rates[backend.name]} />
        ))}
      </div>
    </Stack>
  );
}
