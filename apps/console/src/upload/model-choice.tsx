'use client';

import { Radio, Skeleton } from '@mantine/core';
import type { ApiModel } from '../api/use-models';
import type { EnginesQuery } from '../gql/graphql';
import { useSystem } from '../system/system-context';
import { formatBytes, formatSpan } from '../ui/format';
import { expectSpeed } from './expected-speed';
import classes from './model-choice.module.css';

interface ModelChoiceProps {
  readonly models: readonly ApiModel[];
  readonly engines: EnginesQuery | undefined;
  readonly value: string;
  readonly backend: string | null | undefined;
  readonly device: string | null | undefined;
  readonly onChange: (model: string) => void;
}

/** The freest machine: a job goes where there is room. */
function useFreeBytes(): number | undefined {
  const { samples } = useSystem();
  const latest = Object.values(samples).flatMap((series) => series.at(-1) ?? []);
  return latest.length === 0 ? undefined : Math.max(...latest.map(({ memoryBytesAvailable }) => memoryBytesAvailable));
}

const SECONDS_PER_HOUR = 3600;

/** Every installed model with what it needs and how long an hour of audio would take here. */
export function ModelChoice({ models, engines, value, backend, device, onChange }: ModelChoiceProps) {
  const freeBytes = useFreeBytes();
  if (models.length === 0) return <Skeleton height={56} aria-label="Loading the models" />;
  return (
    <Radio.Group label="Model" value={value} onChange={onChange}>
      <div className={classes.models}>
        {models.map(({ name, memoryBytesNeeded, default: isDefault }) => {
          const speed = engines && expectSpeed(engines, { model: name, backend, device });
          const fits = freeBytes === undefined || memoryBytesNeeded <= freeBytes;
          return (
            <label key={name} className={classes.model} data-chosen={name === value || undefined}>
              <Radio value={name} aria-label={name} size="xs" />
              <span className={classes.name}>
                {name}
                {isDefault ? <span className={classes.quiet}> default</span> : null}
              </span>
              <span className={`${classes.fact} numeric`} data-bad={!fits || undefined}>
                {formatBytes(memoryBytesNeeded)}{' '}
                {freeBytes === undefined
                  ? 'of memory'
                  : fits
                    ? 'of memory, fits'
                    : `needed, ${formatBytes(freeBytes)} free`}
              </span>
              <span className={`${classes.fact} ${classes.speed} numeric`}>
                {speed === undefined
                  ? 'not measured here yet'
                  : `an hour takes about ${formatSpan(SECONDS_PER_HOUR / speed.audioSecondsPerSecond)} (${
                      speed.jobs === 0 ? 'by its self-test' : speed.jobs === 1 ? 'by 1 job' : `by ${speed.jobs} jobs`
                    })`}
              </span>
            </label>
          );
        })}
      </div>
    </Radio.Group>
  );
}
