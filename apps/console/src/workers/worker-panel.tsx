'use client';

import Link from 'next/link';
import type { WorkerState } from '../gql/graphql';
import { Panel } from '../job/panel';
import { FactList, type Fact } from '../ui/fact-list';
import { formatAge, formatBytes, formatSpan } from '../ui/format';
import { ToneLabel, type Tone } from '../ui/tone-label';
import { useNow } from '../ui/use-now';
import type { ApiWorker } from './api-worker';
import { WorkerActions } from './worker-actions';
import classes from './workers.module.css';

type Work = ApiWorker['currentWork'][number];

const STATE_LOOKS: Readonly<Record<WorkerState, { readonly label: string; readonly tone: Tone }>> = {
  RUNNING: { label: 'Online', tone: 'done' },
  DRAINING: { label: 'Draining', tone: 'waiting' },
  LOST: { label: 'Lost', tone: 'failed' },
  STOPPED: { label: 'Stopped', tone: 'idle' },
};

const secondsSince = (at: string, now: Date): number => Math.max(0, (now.getTime() - Date.parse(at)) / 1000);

function titleOf({ kind, chunkIndex }: Work): string {
  if (kind === 'PREPARE') return 'prepares';
  if (kind === 'FINISH') return 'puts together';
  return chunkIndex === null ? 'transcribes' : `transcribes chunk ${chunkIndex + 1} of`;
}

function WorkList({ work, now }: { readonly work: readonly Work[]; readonly now: Date }) {
  return (
    <ul className={classes.list} aria-label="Current work">
      {work.map((item) => (
        <li key={`${item.transcription?.id ?? ''}-${item.kind}-${item.chunkIndex ?? ''}`} className={classes.line}>
          <span>
            <span className={classes.quiet}>{titleOf(item)} </span>
            {item.transcription === null ? (
              'a job that was deleted just now'
            ) : (
              <Link href={`/jobs/${encodeURIComponent(item.transcription.id)}`} className={classes.link}>
                {item.transcription.media.filename}
              </Link>
            )}
          </span>
          <span className={`${classes.quiet} numeric`}>for {formatSpan(secondsSince(item.startedAt, now))}</span>
        </li>
      ))}
    </ul>
  );
}

function backendText({ name, status, reason, devices }: ApiWorker['backends'][number]): string {
  if (status !== 'AVAILABLE') return `${name}: not available${reason === null ? '' : `, ${reason}`}`;
  return `${name} on ${devices.map(({ id }) => id).join(', ')}`;
}

function WorkerFacts({ worker, now }: { readonly worker: ApiWorker; readonly now: Date }) {
  const { state, heartbeatAt, startedAt, stoppedAt, cpuPercent, memoryBytes, loadedModels, backends } = worker;
  const live = state === 'RUNNING' || state === 'DRAINING';
  const facts: Fact[] = [
    [
      live ? 'Heartbeat' : 'Last heartbeat',
      live ? `${formatSpan(secondsSince(heartbeatAt, now))} ago` : formatAge(new Date(heartbeatAt), now),
    ],
    [
      live ? 'Up for' : 'Ended',
      live ? formatSpan(secondsSince(startedAt, now)) : stoppedAt === null ? '' : formatAge(new Date(stoppedAt), now),
    ],
    [
      'CPU',
      !live || cpuPercent === null
        ? ''
        : `${Math.round(cpuPercent)} %, ${worker.threadsPerInference} threads per model`,
    ],
    ['Memory', !live || memoryBytes === null ? '' : formatBytes(memoryBytes)],
    [
      'In memory',
      live
        ? loadedModels
            .map(
              ({ model, backend, device, memoryBytes: bytes }) =>
                `${model} (${backend}, ${device}, ${formatBytes(bytes)})`,
            )
            .join(', ') || 'no model'
        : '',
    ],
    ['Backends', live ? backends.map((backend) => backendText(backend)).join('; ') : ''],
    [
      'Refused',
      worker.fencedWrites === 0 ? '' : `${worker.fencedWrites} late writes after its work was given to others`,
    ],
    ['Process', `${worker.instanceId}, ${worker.pid}, version ${worker.version}`],
  ];
  return <FactList facts={facts.filter(([, value]) => value !== '')} />;
}

/** One worker: whether it lives, what it holds and what it works on. */
export function WorkerPanel({ worker, onChanged }: { readonly worker: ApiWorker; readonly onChanged: () => void }) {
  const now = useNow(1);
  const { label, tone } = STATE_LOOKS[worker.state];
  const { state, slots, slotsBusy } = worker;
  const live = state === 'RUNNING' || state === 'DRAINING';
  return (
    <Panel
      title={worker.host}
      aside={
        <span className={classes.aside}>
          {live ? (
            <span className={`${classes.quiet} numeric`}>
              {slotsBusy} of {slots} {slots === 1 ? 'slot' : 'slots'} busy
            </span>
          ) : null}
          <ToneLabel tone={tone}>{label}</ToneLabel>
        </span>
      }
    >
      <div className={classes.body}>
        {live ? (
          <div className={classes.slots} role="img" aria-label={`${slotsBusy} of ${slots} slots are busy`}>
            {Array.from({ length: slots }, (_, index) => (
              <span key={index} className={classes.slot} data-busy={index < slotsBusy || undefined} />
            ))}
          </div>
        ) : null}
        {state === 'LOST' ? (
          <p className={classes.lost}>
            {worker.lostReason ?? 'Its heartbeat stopped.'} What it was working on was given to others; nothing that it
            had finished is lost.
          </p>
        ) : null}
        {state === 'DRAINING' ? (
          <p className={classes.note}>It finishes the parts that it works on and takes no others.</p>
        ) : null}
        <WorkList work={worker.currentWork} now={now} />
        <WorkerFacts worker={worker} now={now} />
        <WorkerActions worker={worker} onChanged={onChanged} />
      </div>
    </Panel>
  );
}
