import type { ConsoleEvent } from '../api/console-stream';
import type { QueueFieldsFragment, ResourceFieldsFragment, WorkerFieldsFragment } from '../gql/graphql';

export type ResourceSample = ResourceFieldsFragment;

export interface SystemState {
  readonly queue: QueueFieldsFragment | undefined;
  readonly workers: readonly WorkerFieldsFragment[];
  /** Oldest first, by host. */
  readonly samples: Readonly<Record<string, readonly ResourceSample[]>>;
}

export const EMPTY_SYSTEM: SystemState = { queue: undefined, workers: [], samples: {} };

const SAMPLES_MAX = 90;

/** Adds samples to their hosts' series, in order of time, each once. */
export function withSamples(
  samples: SystemState['samples'],
  arrived: readonly ResourceSample[],
): SystemState['samples'] {
  const result: Record<string, readonly ResourceSample[]> = { ...samples };
  for (const sample of arrived) {
    const series = result[sample.host] ?? [];
    const before = series.filter(({ sampledAt }) => sampledAt < sample.sampledAt);
    const after = series.filter(({ sampledAt }) => sampledAt > sample.sampledAt);
    result[sample.host] = [...before, sample, ...after].slice(-SAMPLES_MAX);
  }
  return result;
}

export function applySystemEvent(state: SystemState, event: ConsoleEvent): SystemState {
  switch (event.__typename) {
    case 'ConsoleSnapshot':
      return { queue: event.queue, workers: event.workers, samples: withSamples(state.samples, event.resources) };
    case 'QueueChanged':
      return { ...state, queue: event.queue };
    case 'WorkersChanged':
      return { ...state, workers: event.workers };
    case 'ResourcesSampled':
      return { ...state, samples: withSamples(state.samples, [event.sample]) };
    default:
      return state;
  }
}
