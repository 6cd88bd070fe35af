'use client';

import { Text } from '@mantine/core';
import { isTerminal } from '../jobs/job-states';
import { DownloadLink } from './download-link';
import type { Job } from './job-state';
import classes from './job.module.css';
import { Panel } from './panel';

interface JobExportsProps {
  readonly job: Job;
  readonly hasText: boolean;
}

export function JobExports({ job, hasText }: JobExportsProps) {
  const formats = [
    ['TXT', job.txtPath],
    ['SRT', job.srtPath],
    ['VTT', job.vttPath],
    ['JSON', job.jsonPath],
  ] as const;
  return (
    <Panel title="Download">
      {hasText || (isTerminal(job.state) && job.state !== 'FAILED') ? (
        <>
          <div className={classes.exports}>
            {formats.map(([label, path]) => (
              <DownloadLink key={label} label={label} path={path} size="sm" px={0} />
            ))}
          </div>
          {isTerminal(job.state) ? null : (
            <Text size="xs" c="dimmed" mt={8}>
              Still running: a download holds the text up to now.
            </Text>
          )}
        </>
      ) : (
        <Text size="sm" c="dimmed">
          {job.state === 'FAILED' ? 'There is no text to download.' : 'Ready as soon as there is text.'}
        </Text>
      )}
    </Panel>
  );
}
