import {
  BackendError,
  type Capabilities,
  type Device,
  type LoadOptions,
  type ModelFiles,
  type ProbeReport,
  type Segment,
  type TimeSpan,
  type TranscribeOptions,
  type TranscriptPart,
  type Word,
} from '@voice-transcriber/backend-sdk';
import { violated } from './frames.js';

/** What the host says to an inference process. The samples of a `transcribe` follow as payload, window after window. */
export type HostMessage =
  | { readonly type: 'probe' }
  | { readonly type: 'load'; readonly files: ModelFiles; readonly options: LoadOptions }
  | {
      readonly type: 'transcribe';
      readonly id: number;
      readonly options: TranscribeOptions;
      readonly windows: readonly {
        readonly index: number;
        readonly startSeconds: number;
        readonly sampleCount: number;
        readonly speech?: readonly TimeSpan[];
      }[];
    }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'dispose' };

/** What an inference process answers. `id` is the transcribe message's; a `failed` without one concerns probe or load. */
export type ChildMessage =
  | { readonly type: 'probed'; readonly report: ProbeReport }
  | {
      readonly type: 'loaded';
      readonly capabilities: Capabilities;
      readonly memoryBytes: number;
      readonly device: Device;
    }
  | { readonly type: 'part'; readonly id: number; readonly part: TranscriptPart }
  | { readonly type: 'done'; readonly id: number }
  | { readonly type: 'failed'; readonly id?: number; readonly error: BackendError };

/** Checks every field that the host relies on. Throws BackendError `protocol-violated`. */
export function parseChildMessage(value: unknown): ChildMessage {
  const message = record(value);
  switch (message['type']) {
    case 'probed':
      return { type: 'probed', report: parseReport(message['report']) };
    case 'loaded':
      return {
        type: 'loaded',
        capabilities: parseCapabilities(message['capabilities']),
        memoryBytes: finite(message['memoryBytes']),
        device: parseDevice(message['device']),
      };
    case 'part':
      return { type: 'part', id: finite(message['id']), part: parsePart(message['part']) };
    case 'done':
      return { type: 'done', id: finite(message['id']) };
    case 'failed':
      return {
        type: 'failed',
        error: BackendError.fromJSON(message['error']),
        ...(message['id'] === undefined ? {} : { id: finite(message['id']) }),
      };
    default:
      throw violated('a message of no known type');
  }
}

function parsePart(value: unknown): TranscriptPart {
  const part = record(value);
  switch (part['type']) {
    case 'progress':
      return { type: 'progress', windowIndex: finite(part['windowIndex']), fraction: finite(part['fraction']) };
    case 'warning': {
      const warning = record(part['warning']);
      return { type: 'warning', warning: { code: text(warning['code']), message: text(warning['message']) } };
    }
    case 'window-final': {
      const result = record(part['result']);
      return {
        type: 'window-final',
        result: {
          index: finite(result['index']),
          inferenceSeconds: finite(result['inferenceSeconds']),
          segments: list(result['segments']).map(parseSegment),
          ...(result['language'] === undefined ? {} : { language: text(result['language']) }),
          ...(result['languageConfidence'] === undefined
            ? {}
            : { languageConfidence: finite(result['languageConfidence']) }),
        },
      };
    }
    default:
      throw violated('a part of no known type');
  }
}

function parseSegment(value: unknown): Segment {
  return { ...parseWord(value), words: list(record(value)['words']).map(parseWord) };
}

function parseWord(value: unknown): Word {
  const word = record(value);
  return {
    text: text(word['text']),
    startSeconds: finite(word['startSeconds']),
    endSeconds: finite(word['endSeconds']),
    confidence: finite(word['confidence']),
  };
}

function parseReport(value: unknown): ProbeReport {
  const report = record(value);
  if (report['status'] === 'unavailable') {
    return { status: 'unavailable', reason: text(report['reason']), fix: text(report['fix']) };
  }
  if (report['status'] !== 'available') throw violated('a probe report of no known status');
  const facts = Object.entries(record(report['facts'])).map(([name, fact]) => [name, text(fact)] as const);
  return {
    status: 'available',
    version: text(report['version']),
    devices: list(report['devices']).map(parseDevice),
    facts: Object.fromEntries(facts),
  };
}

function parseDevice(value: unknown): Device {
  const device = record(value);
  const kind = device['kind'];
  if (kind !== 'cpu' && kind !== 'cuda' && kind !== 'metal' && kind !== 'vulkan') throw violated('an unknown device');
  return {
    id: text(device['id']),
    kind,
    name: text(device['name']),
    memoryBytesTotal: finite(device['memoryBytesTotal']),
  };
}

function parseCapabilities(value: unknown): Capabilities {
  const capabilities = record(value);
  const cancellation = capabilities['cancellation'];
  if (cancellation !== 'process' && cancellation !== 'window' && cancellation !== 'immediate') {
    throw violated('an unknown way of cancelling');
  }
  return {
    wordTimes: capabilities['wordTimes'] === true,
    translation: capabilities['translation'] === true,
    languageDetection: capabilities['languageDetection'] === true,
    batchSize: Math.max(1, finite(capabilities['batchSize'])),
    concurrency: Math.max(1, finite(capabilities['concurrency'])),
    cancellation,
  };
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw violated('a malformed message');
  return value as Record<string, unknown>;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw violated('a malformed list');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw violated('a malformed text');
  return value;
}

function finite(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw violated('a malformed number');
  return value;
}
