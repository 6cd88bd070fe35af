import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { ANSWER_SECONDS, DELIVERY_SECONDS, TRANSFER_SECONDS } from './buckets.js';

export interface UploadEnd {
  /** How it came: `multipart`, `resumable`, `url`, `openai`. */
  readonly way: string;
  /** `accepted`, or the code of the refusal. */
  readonly outcome: string;
  readonly sizeBytes: number;
  readonly durationSeconds: number;
}

/** What an API process counts. Labels are bounded: routes and fields are those of the server, not what a client wrote. */
export function createApiMetrics(register: Registry) {
  const registers = [register];
  const requests = new Histogram({
    name: 'vt_http_request_duration_seconds',
    help: 'HTTP requests from their arrival to the end of the answer. Event streams are left out.',
    labelNames: ['method', 'route', 'status'],
    buckets: ANSWER_SECONDS,
    registers,
  });
  const operations = new Histogram({
    name: 'vt_graphql_operation_duration_seconds',
    help: 'Executions of queries and mutations, by their first field. Outcome: ok, refused (the request is at fault), failed (the server is).',
    labelNames: ['type', 'field', 'outcome'],
    buckets: ANSWER_SECONDS,
    registers,
  });
  const subscriptions = new Gauge({
    name: 'vt_subscriptions_active',
    help: 'Subscriptions that are open, by their field.',
    labelNames: ['field'],
    registers,
  });
  const delivery = new Histogram({
    name: 'vt_event_delivery_seconds',
    help: 'From the writing of an event to the moment when subscribers have it. Events that were there before the subscription, and progress that is held back on purpose, are left out.',
    labelNames: ['stream'],
    buckets: DELIVERY_SECONDS,
    registers,
  });
  const uploads = new Histogram({
    name: 'vt_upload_duration_seconds',
    help: 'Recordings from their first byte to the acceptance or refusal.',
    labelNames: ['way', 'outcome'],
    buckets: TRANSFER_SECONDS,
    registers,
  });
  const uploadBytes = new Counter({
    name: 'vt_upload_bytes_total',
    help: 'Bytes of recordings that were taken in, refused ones included.',
    labelNames: ['way'],
    registers,
  });
  for (const stream of ['transcription', 'console']) delivery.zero({ stream });
  for (const way of ['multipart', 'resumable', 'url', 'openai']) uploadBytes.inc({ way }, 0);

  return {
    requestEnded: (labels: { method: string; route: string; status: string }, durationSeconds: number): void =>
      requests.observe(labels, durationSeconds),
    operationEnded: (labels: { type: string; field: string; outcome: string }, durationSeconds: number): void =>
      operations.observe(labels, durationSeconds),
    /** Returns how to say that it has ended. */
    subscriptionStarted(field: string): () => void {
      subscriptions.inc({ field });
      return () => subscriptions.dec({ field });
    },
    eventDelivered: (stream: 'transcription' | 'console', lagSeconds: number): void =>
      delivery.observe({ stream }, Math.max(0, lagSeconds)),
    uploadEnded({ way, outcome, sizeBytes, durationSeconds }: UploadEnd): void {
      uploads.observe({ way, outcome }, durationSeconds);
      uploadBytes.inc({ way }, sizeBytes);
    },
    watchUploads({ slots, taken }: { readonly slots: number; readonly taken: () => number }): void {
      new Gauge({
        name: 'vt_upload_slots',
        help: 'Uploads that this process receives at once.',
        registers,
        collect() {
          this.set(slots);
        },
      });
      new Gauge({
        name: 'vt_upload_slots_busy',
        help: 'Uploads that this process is receiving now.',
        registers,
        collect() {
          this.set(taken());
        },
      });
    },
  };
}

export type ApiMetrics = ReturnType<typeof createApiMetrics>;
