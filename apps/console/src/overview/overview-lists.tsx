'use client';

import { Skeleton } from '@mantine/core';
import Link from 'next/link';
import { Panel } from '../job/panel';
import { formatAge, formatBytes } from '../ui/format';
import { useNow } from '../ui/use-now';
import type { OverviewFigures, OverviewWorker } from './use-overview';
import classes from './overview.module.css';

/** Without `failures` it is not known whether there were any. */
export function FailurePanel({ failures }: { readonly failures: OverviewFigures['failures'] | undefined }) {
  const now = useNow(30);
  return (
    <Panel
      title="Failures"
      aside={
        failures === undefined || failures.length === 0 ? null : (
          <Link href="/jobs?state=failed" className={classes.asideLink}>
            All failed jobs
          </Link>
        )
      }
    >
      {failures === undefined ? (
        <Skeleton height={32} />
      ) : failures.length === 0 ? (
        <p className={classes.quiet}>Nothing failed in this time.</p>
      ) : (
        <ul className={classes.list}>
          {failures.map(({ code, message, count, lastAt, exampleId }) => (
            <li key={code} className={classes.line}>
              <span className={`${classes.count} numeric`}>{count}×</span>
              <span className={classes.lineText}>
                <Link href={`/jobs/${encodeURIComponent(exampleId)}`} className={classes.lineName}>
                  {code}
                </Link>
                <span className={classes.quiet}>{message}</span>
              </span>
              <time className={classes.quiet} dateTime={lastAt}>
                {formatAge(new Date(lastAt), now)}
              </time>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

const WORKER_STATES: Readonly<Record<OverviewWorker['state'], string>> = {
  RUNNING: 'online',
  DRAINING: 'draining',
  LOST: 'lost',
  STOPPED: 'stopped',
};

/** What one that is gone last used says nothing about now. */
const isLive = ({ state }: OverviewWorker): boolean => state === 'RUNNING' || state === 'DRAINING';

function workerNote({ cpuPercent, memoryBytes, loadedModels }: OverviewWorker): string {
  const models = [...new Set(loadedModels.map(({ model }) => model))];
  const parts = [
    cpuPercent === null ? undefined : `${Math.round(cpuPercent)} % CPU`,
    memoryBytes === null ? undefined : formatBytes(memoryBytes),
    models.length === 0 ? 'no model loaded' : models.join(', '),
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

export function WorkerPanel({ workers }: { readonly workers: readonly OverviewWorker[] | undefined }) {
  return (
    <Panel
      title="Workers"
      aside={
        <Link href="/workers" className={classes.asideLink}>
          All workers
        </Link>
      }
    >
      {workers === undefined ? <Skeleton height={32} /> : null}
      {workers?.length === 0 ? (
        <p className={classes.quiet}>No worker is online, so nothing is transcribed. Start one.</p>
      ) : null}
      <ul className={classes.list}>
        {workers?.map((worker) => (
          <li key={worker.id} className={classes.line}>
            <span className={classes.dot} data-state={worker.state} aria-hidden />
            <span className={classes.lineText}>
              <span className={classes.lineName}>{worker.host}</span>
              <span className={`${classes.quiet} numeric`}>
                {isLive(worker) ? workerNote(worker) : 'its work was given to others'}
              </span>
            </span>
            <span className={`${classes.quiet} numeric`}>
              {WORKER_STATES[worker.state]}
              {isLive(worker) ? `, ${worker.slotsBusy} of ${worker.slots} busy` : ''}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
