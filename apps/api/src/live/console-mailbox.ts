import type {
  MetricSampleRow,
  ModelPullRow,
  QueueSummary,
  TranscriptionSummary,
  WorkerRow,
} from '@voice-transcriber/db';
import type { KnownModel } from '../graphql/known-models.js';

export type ConsoleEvent =
  | {
      readonly __typename: 'ConsoleSnapshot';
      readonly queue: QueueSummary;
      readonly workers: readonly WorkerRow[];
      readonly resources: readonly MetricSampleRow[];
    }
  | { readonly __typename: 'TranscriptionChanged'; readonly transcription: TranscriptionSummary }
  | { readonly __typename: 'TranscriptionDeleted'; readonly transcriptionId: string }
  | { readonly __typename: 'QueueChanged'; readonly queue: QueueSummary }
  | { readonly __typename: 'WorkersChanged'; readonly workers: readonly WorkerRow[] }
  | { readonly __typename: 'ModelPullChanged'; readonly pull: ModelPullRow }
  | { readonly __typename: 'ModelsChanged'; readonly models: readonly KnownModel[] }
  | { readonly __typename: 'ResourcesSampled'; readonly sample: MetricSampleRow };

const ENTRIES_MAX = 2000;

/** What a subscriber has not read yet, the latest of each kind and job only: however slow it reads, memory is bounded by the number of jobs that changed. */
export class ConsoleMailbox {
  readonly #entries = new Map<string, ConsoleEvent>();

  put(event: ConsoleEvent): void {
    const key = keyOf(event);
    // Anew at the end: the order is that of the latest changes.
    this.#entries.delete(key);
    this.#entries.set(key, event);
    const oldest = this.#entries.keys().next().value;
    if (this.#entries.size > ENTRIES_MAX && oldest !== undefined) this.#entries.delete(oldest);
  }

  take(): ConsoleEvent | undefined {
    const first = this.#entries.entries().next().value;
    if (first === undefined) return undefined;
    this.#entries.delete(first[0]);
    return first[1];
  }

  get size(): number {
    return this.#entries.size;
  }
}

function keyOf(event: ConsoleEvent): string {
  switch (event.__typename) {
    case 'TranscriptionChanged':
      return event.transcription.id;
    case 'TranscriptionDeleted':
      return event.transcriptionId;
    case 'ModelPullChanged':
      return event.pull.id;
    case 'ResourcesSampled':
      return `${event.__typename} ${event.sample.host}`;
    default:
      return event.__typename;
  }
}
