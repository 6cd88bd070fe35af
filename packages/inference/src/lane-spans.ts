import type { AudioWindow } from '@voice-transcriber/backend-sdk';
import { startSpan, type TraceAttributes, type TraceSpan } from '@voice-transcriber/telemetry/tracing';
import type { TranscribeJob } from './transcribe-job.js';

/** What a lane works for. */
export interface LanePlace {
  readonly model: string;
  readonly backend: string;
  readonly device: string;
}

function attributesOf({ model, backend, device }: LanePlace): TraceAttributes {
  return { 'vt.model': model, 'vt.backend': backend, 'vt.device': device };
}

/** Loading serves everybody who waits; the trace of the most urgent job shows it. */
export function startLoadSpan(place: LanePlace, jobs: Iterable<TranscribeJob>): TraceSpan {
  const [first] = [...jobs].sort((one, other) => other.priority - one.priority || one.arrival - other.arrival);
  return startSpan('load model', { parent: first?.traceParent, attributes: attributesOf(place) });
}

/** Windows of one job that go inside together, from the moment that they take a slot. */
export function startBatchSpan(place: LanePlace, job: TranscribeJob, windows: readonly AudioWindow[]): TraceSpan {
  return startSpan('window batch', {
    parent: job.traceParent,
    attributes: {
      ...attributesOf(place),
      'vt.windows.first': windows[0]?.index,
      'vt.windows.count': windows.length,
    },
  });
}
