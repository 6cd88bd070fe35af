'use client';

import { Button, Text } from '@mantine/core';
import { useApiUrl } from '../api/api-context';
import { isTerminal } from '../jobs/job-states';
import type { Job } from './job-state';
import classes from './job.module.css';
import { Panel } from './panel';

interface JobExportsProps {
  readonly job: Job;
  readonly hasText: boolean;
}

/** Downloads come straight from the API, which names the file. */
export function JobExports({ job, hasText }: JobExportsProps) {
  const apiUrl = useApiUrl();
  const formats = [
    ['TXT', job.txtPath],
    ['SRT', job.srtPath],
    ['VTT', job.vttPath],
    ['JSON', job.jsonPath],
  ] as const;
  return (
    <Panel title="Download">
      {isTerminal(job.state) || hasText ? (
        <>
          <div className={classes.exports}>
            {formats.map(([label, path]) => (
              <Button
                key={label}
                component="a"
                href={apiUrl + path}
                download
                variant="default"
                size="sm"
                px={0}
                aria-label={`Download as ${label}`}
              >
                {label}
              </Button>
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
          Ready as soon as there is text.
        </Text>
      )}
    </Panel>
  );
}
