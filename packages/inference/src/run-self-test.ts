import {
  BackendError,
  type Capabilities,
  SAMPLE_RATE_HZ,
  type TranscribeRequest,
  type TranscriptPart,
  type WindowResult,
} from '@voice-transcriber/backend-sdk';
import type { Choice, ChooseRequest } from './choose-candidate.js';
import type { SelfTestClip } from './self-test-clip.js';
import type { JobStart } from './transcribe-job.js';

/** Behind every job, whatever its priority and chunk. */
const PRIORITY = Number.MIN_SAFE_INTEGER;
const TRIES_MAX = 2;
/** Share of the phrase's words that must be heard in their order: small checkpoints miss one here or there. */
const HEARD_SHARE_MIN = 0.8;

/** What a backend made of a clip whose text is known. */
export interface SelfTestReport {
  readonly ok: boolean;
  readonly model: string;
  readonly text: string;
  readonly deviceRequested: string;
  /** The device that the loaded model said it ran on; absent when it never got so far. */
  readonly deviceActual?: string;
  readonly audioSecondsPerSecond?: number;
  /** What the loaded model said it can do; absent when it never got so far. */
  readonly capabilities?: Capabilities;
  /** What is wrong, unless `ok`. */
  readonly problem?: string;
  /** ISO 8601. */
  readonly testedAt: string;
}

export interface SelfTestOptions {
  readonly backend: string;
  readonly device: string;
  readonly model: string;
  readonly clip: SelfTestClip;
  readonly signal: AbortSignal;
}

/** The part of an inference host that a self-test needs. */
interface SelfTestHost {
  choose(request: ChooseRequest): Promise<Choice>;
  transcribe(job: {
    readonly choice: Choice;
    readonly request: TranscribeRequest;
    readonly priority: number;
    readonly signal: AbortSignal;
    readonly onStarted: (start: JobStart) => void;
  }): AsyncIterable<TranscriptPart>;
}

/**
 * Lets one backend transcribe a known clip on one device and judges the text and the device that really ran it. Undefined when nothing can be said: the model
 * does not fit or is not installed, or memory ran out. Throws BackendError `cancelled` after the signal.
 */
export async function runSelfTest(host: SelfTestHost, options: SelfTestOptions): Promise<SelfTestReport | undefined> {
  const choice = await host
    .choose({
      model: options.model,
      task: 'transcribe',
      wordTimes: true,
      backend: options.backend,
      device: options.device,
    })
    .catch(() => undefined);
  if (choice === undefined) return undefined;
  for (let tries = 1; ; tries += 1) {
    try {
      return await hearClip(host, choice, options);
    } catch (error) {
      if (options.signal.aborted || !(error instanceof BackendError) || error.code === 'cancelled') throw error;
      if (error.code === 'out-of-memory') return undefined;
      if (tries === TRIES_MAX) return report(options, { problem: error.message });
    }
  }
}

async function hearClip(host: SelfTestHost, choice: Choice, options: SelfTestOptions): Promise<SelfTestReport> {
  const { clip, signal } = options;
  const results: WindowResult[] = [];
  let started: JobStart | undefined;
  const parts = host.transcribe({
    choice,
    request: {
      windows: [{ index: 0, startSeconds: 0, samples: clip.samples }],
      options: { task: 'transcribe', wordTimes: true, language: 'en' },
    },
    priority: PRIORITY,
    signal,
    onStarted: (start) => {
      started = start;
    },
  });
  for await (const part of parts) if (part.type === 'window-final') results.push(part.result);
  const text = results
    .flatMap(({ segments }) => segments)
    .map((segment) => segment.text)
    .join(' ');
  const inferenceSeconds = results.reduce((total, result) => total + result.inferenceSeconds, 0);
  const speed = clip.samples.length / SAMPLE_RATE_HZ / inferenceSeconds;
  return report(options, {
    text,
    ...(started === undefined ? {} : { deviceActual: started.deviceActual, capabilities: started.capabilities }),
    ...(Number.isFinite(speed) ? { audioSecondsPerSecond: speed } : {}),
    ...describeProblem(text, started?.deviceActual, options),
  });
}

function describeProblem(
  text: string,
  deviceActual: string | undefined,
  { clip, device }: SelfTestOptions,
): { readonly problem?: string } {
  if (deviceActual !== device)
    return { problem: `It ran on "${deviceActual ?? 'nothing'}" when "${device}" was asked for.` };
  const share = heardShare(wordsOf(clip.phrase), wordsOf(text));
  return share >= HEARD_SHARE_MIN ? {} : { problem: `It heard "${text}" where somebody says "${clip.phrase}".` };
}

function report(
  { model, device }: SelfTestOptions,
  facts: Partial<Pick<SelfTestReport, 'text' | 'deviceActual' | 'audioSecondsPerSecond' | 'capabilities' | 'problem'>>,
): SelfTestReport {
  return {
    text: '',
    ...facts,
    ok: facts.problem === undefined,
    model,
    deviceRequested: device,
    testedAt: new Date().toISOString(),
  };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z']+/g) ?? [];
}

/** Longest common subsequence of words over the words expected. */
export function heardShare(expected: readonly string[], heard: readonly string[]): number {
  let previous = new Array<number>(heard.length + 1).fill(0);
  for (const word of expected) {
    const row = [0];
    for (const [index, other] of heard.entries()) {
      const longest = Math.max(previous[index + 1] ?? 0, row[index] ?? 0);
      row.push(word === other ? (previous[index] ?? 0) + 1 : longest);
    }
    previous = row;
  }
  return (previous.at(-1) ?? 0) / expected.length;
}
