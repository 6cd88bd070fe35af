'use client';

import { Stack } from '@mantine/core';
import { useLiveQuery } from '../api/use-live-query';
import { LoadingRows } from '../ui/loading-rows';
import { PageHead } from '../ui/page-head';
import { ProblemAlert } from '../ui/problem-alert';
import { SystemReportDocument } from './system-documents';
import { Facts, Findings, Limits, Recommendations } from './system-report';
import classes from './system-view.module.css';

const REFRESH_SECONDS = 10;

export function SystemView() {
  const { data, problem, reload } = useLiveQuery({
    document: SystemReportDocument,
    variables: {},
    renewedBy: ['WorkersChanged', 'ModelsChanged'],
    everySeconds: REFRESH_SECONDS,
  });
  return (
    <Stack gap="md">
      <PageHead title="System" note={data && `The API on ${data.system.machine.host}`} />
      {problem === undefined ? null : (
        <ProblemAlert title="The report could not be loaded" message={problem} onRetry={reload} />
      )}
      {data === undefined ? (
        problem === undefined ? (
          <LoadingRows label="Loading the report" />
        ) : null
      ) : (
        <>
          <Findings findings={data.system.findings} />
          <div className={classes.grid}>
            <Limits report={data.system} />
            <Facts report={data.system} />
          </div>
          <Recommendations recommendations={data.system.recommendations} />
        </>
      )}
    </Stack>
  );
}
