'use client';

import { Container, NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { formatBytes, formatSpan } from '../ui/format';
import { Gauge } from './gauge';
import { QueueSwitch } from './queue-switch';
import { useSystem } from './system-context';
import classes from './system-strip.module.css';

const DISK_PERCENT_HIGH = 95;
const MEMORY_PERCENT_HIGH = 95;

/** Machine, workers and queue at a glance, on every page. */
export function SystemStrip() {
  const { queue, workers, samples } = useSystem();
  const hosts = Object.keys(samples).sort();
  const [chosenHost, setChosenHost] = useState<string>();
  const host = chosenHost !== undefined && hosts.includes(chosenHost) ? chosenHost : hosts[0];
  const series = host === undefined ? undefined : samples[host];
  const latest = series?.at(-1);
  const cpu = useMemo(() => series?.map(({ cpuPercent }) => cpuPercent), [series]);
  const memory = useMemo(() => series?.map(({ memoryPercent }) => memoryPercent), [series]);

  const running = workers.filter(({ state }) => state === 'RUNNING');
  const slots = running.reduce((sum, worker) => sum + worker.slots, 0);
  const slotsBusy = running.reduce((sum, worker) => sum + worker.slotsBusy, 0);

  return (
    <section className={classes.strip} aria-label="System">
      <Container size="xl" px={{ base: 'sm', sm: 'md' }} className={classes.inner}>
        <Gauge
          name="CPU"
          value={latest && `${Math.round(latest.cpuPercent)} %`}
          detail={latest && `of ${latest.cpuCores} ${latest.cpuCores === 1 ? 'core' : 'cores'}`}
          history={cpu}
        />
        <Gauge
          name="Memory"
          value={latest && `${Math.round(latest.memoryPercent)} %`}
          detail={latest && `${formatBytes(latest.memoryBytesAvailable)} free`}
          history={memory}
          bad={latest !== undefined && latest.memoryPercent >= MEMORY_PERCENT_HIGH}
        />
        <Gauge
          name="Disk free"
          value={latest && formatBytes(latest.diskBytesFree)}
          detail={latest && `of ${formatBytes(latest.diskBytesTotal)}`}
          bad={latest !== undefined && latest.diskPercent >= DISK_PERCENT_HIGH}
        />
        <Gauge
          name="Workers"
          value={queue && (running.length === 0 ? 'none' : `${running.length} online`)}
          detail={running.length === 0 ? undefined : `${slotsBusy} of ${slots} slots busy`}
          bad={queue !== undefined && running.length === 0}
        />
        <Gauge
          name={queue?.paused === true ? 'Queue, paused' : 'Queue'}
          value={queue && `${queue.running} running`}
          detail={
            queue &&
            `${queue.waiting} waiting${queue.oldestWaitingSeconds === null ? '' : `, oldest ${formatSpan(queue.oldestWaitingSeconds)}`}`
          }
          bad={queue?.paused === true}
          action={<QueueSwitch queue={queue} />}
        />
        {hosts.length > 1 ? (
          <NativeSelect
            size="xs"
            aria-label="Machine"
            data={hosts}
            value={host}
            onChange={(event) => setChosenHost(event.currentTarget.value)}
          />
        ) : null}
      </Container>
    </section>
  );
}
