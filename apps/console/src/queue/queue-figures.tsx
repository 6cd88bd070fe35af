import { Skeleton } from '@mantine/core';
import type { QueueStateQuery } from '../gql/graphql';
import { formatSpan } from '../ui/format';
import classes from '../overview/overview.module.css';

type QueueState = Omit<QueueStateQuery['queue'], 'depthPoints'>;

interface Figure {
  readonly name: string;
  readonly value: (queue: QueueState) => string;
  readonly note: (queue: QueueState) => string;
}

const jobs = (count: number): string => (count === 1 ? 'job' : 'jobs');

const FIGURES: readonly Figure[] = [
  { name: 'Waiting', value: ({ waiting }) => String(waiting), note: ({ waiting }) => jobs(waiting) },
  { name: 'Running', value: ({ running }) => String(running), note: ({ running }) => jobs(running) },
  {
    name: 'Oldest',
    value: ({ oldestWaitingSeconds }) => (oldestWaitingSeconds === null ? '–' : formatSpan(oldestWaitingSeconds)),
    note: ({ oldestWaitingSeconds }) => (oldestWaitingSeconds === null ? 'nothing waits' : 'has waited so long'),
  },
  {
    name: 'Finished',
    value: ({ finishedPerMinute }) => `${finishedPerMinute.toFixed(finishedPerMinute < 10 ? 1 : 0)}/min`,
    note: ({ finishedLastHour }) => `${finishedLastHour} in the last hour`,
  },
  {
    name: 'Audio',
    value: ({ audioSecondsPerSecond }) => `${audioSecondsPerSecond.toFixed(audioSecondsPerSecond < 1 ? 2 : 1)}×`,
    note: ({ audioSecondsLastHour }) => `real time: ${formatSpan(audioSecondsLastHour)} in the last hour`,
  },
  { name: 'Failed', value: ({ failed }) => String(failed), note: () => 'not tried again' },
];

/** How much waits, for how long, and how fast it gets less. */
export function QueueFigures({ queue }: { readonly queue: QueueState | undefined }) {
  return (
    <section className={classes.figures} aria-label="Now">
      {FIGURES.map(({ name, value, note }) => (
        <div key={name} className={classes.figure}>
          <span className={classes.figureName}>{name}</span>
          {queue === undefined ? (
            <Skeleton height={24} width={64} my={3} />
          ) : (
            <span className={`${classes.figureValue} numeric`}>{value(queue)}</span>
          )}
          <span className={classes.figureNote}>{queue === undefined ? '' : note(queue)}</span>
        </div>
      ))}
    </section>
  );
}
