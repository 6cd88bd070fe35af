import { and, eq, isNull, ne, or, sql } from 'drizzle-orm';
import {
  speechInside,
  type AudioWindow,
  type BackendWarning,
  type TranscribeOptions,
  type TranscriptPart,
  type WindowResult,
} from '@voice-transcriber/backend-sdk';
import { chunks, transcriptions, type SoundOutlineRow } from '@voice-transcriber/db';
import type { TraceSpan } from '@voice-transcriber/telemetry/tracing';
import { inferencePriority } from '../tasks.js';
import { hasVoice, isMisheard, LanguageVote, settleLanguage, type HeardWindow } from './chunk-language.js';
import type { ChunkClaim } from './claims.js';
import { commitWindow, type Window } from './commit-window.js';
import { withDatabaseRetry } from './database-retry.js';
import type { Lease } from './lease.js';
import type { Choice, HandlerDependencies } from './ports.js';
import { createProgressReporter } from './progress-reporter.js';

/** State of one run, for the attempt's row and the performance line. */
export interface ChunkRun<C extends Choice> {
  readonly claimed: ChunkClaim;
  readonly lease: Lease;
  readonly span: TraceSpan;
  choice: C | undefined;
  windowsCommitted: number;
  audioSeconds: number;
  inferenceSeconds: number;
}

interface WindowSource<C extends Choice> {
  readonly choice: C;
  readonly audioKey: string;
  readonly open: readonly Window[];
  /** Where somebody speaks, by channel; none for recordings prepared before outlines were kept. */
  readonly outlines: readonly SoundOutlineRow[];
}

/**
 * Has the windows of one chunk transcribed, all in one request, and commits each as it comes.
 *
 * While the language of the recording is open, windows with speech are held back until the vote is over; one that was misheard is heard again in the language
 * that won. What is held back or inside when the run is stopped or dies is transcribed again by the next one.
 */
export class WindowHearing<C extends Choice> {
  readonly warnings = new Map<string, BackendWarning>();
  readonly #dependencies: HandlerDependencies<C>;
  readonly #run: ChunkRun<C>;
  readonly #choice: C;
  readonly #audioKey: string;
  readonly #open: ReadonlyMap<number, Window>;
  readonly #outlines: readonly SoundOutlineRow[];
  readonly #vote: LanguageVote;
  readonly #progress: ReturnType<typeof createProgressReporter>;
  /** Audio seconds of windows that are inside or held back, as far as they are done. */
  readonly #inFlight = new Map<number, number>();
  #language: string | undefined;
  #held: HeardWindow[] = [];
  #misheard: HeardWindow[] = [];

  constructor(
    dependencies: HandlerDependencies<C>,
    run: ChunkRun<C>,
    { choice, audioKey, open, outlines }: WindowSource<C>,
  ) {
    const { transcription } = run.claimed;
    this.#dependencies = dependencies;
    this.#run = run;
    this.#choice = choice;
    this.#audioKey = audioKey;
    this.#open = new Map(open.map((window) => [window.index, window]));
    this.#outlines = outlines;
    this.#vote = new LanguageVote(open);
    this.#language = transcription.options.language ?? transcription.language ?? undefined;
    this.#progress = createProgressReporter(dependencies, run.lease);
  }

  /** Resolves when every window is committed, or the run was asked to stop. */
  async hear(): Promise<void> {
    const { lease } = this.#run;
    await this.#request([...this.#open.values()], (heard) => this.#sift(heard));
    if (lease.stopSignal.aborted) return;
    // Whatever is held back now is too short to vote.
    for (const heard of this.#held.splice(0)) await this.#commit(heard);
    const first = new Map(this.#misheard.map(({ window, result }) => [window.index, result.inferenceSeconds]));
    if (first.size === 0) return;
    await this.#request(
      this.#misheard.map(({ window }) => window),
      ({ window, result }) => {
        const inferenceSeconds = result.inferenceSeconds + (first.get(window.index) ?? 0);
        return this.#commit({ window, result: { ...result, inferenceSeconds } });
      },
    );
  }

  async #request(windows: readonly Window[], onHeard: (heard: HeardWindow) => Promise<void>): Promise<void> {
    const { inference, audio, windowSecondsMax } = this.#dependencies;
    const { claimed, lease, span } = this.#run;
    const { transcription, chunk } = claimed;
    const parts = inference.transcribe({
      choice: this.#choice,
      request: {
        windows: windows.map((window) => this.#toAudioWindow(window)),
        options: optionsOf(transcription.options),
      },
      readSamples: (index) => audio.readWindow(this.#audioKey, placeInWorkFile(this.#windowAt(index), transcription)),
      language: () => this.#language,
      priority: inferencePriority(transcription.priority, chunk.index),
      isSuspect: chunk.crashes > 0,
      signal: lease.signal,
      stopSignal: lease.stopSignal,
      ...(span.traceParent === undefined ? {} : { traceParent: span.traceParent }),
      ...(windowSecondsMax === undefined ? {} : { windowSecondsMax }),
      onStarted: ({ deviceActual }) => this.#markStarted(deviceActual),
    });
    for await (const part of parts) {
      const result = this.#note(part);
      if (result !== undefined) await onHeard({ window: this.#windowAt(result.index), result });
    }
    await this.#progress.flush();
    lease.signal.throwIfAborted();
  }

  #note(part: TranscriptPart): WindowResult | undefined {
    if (part.type === 'warning') {
      this.warnings.set(part.warning.code, part.warning);
      return undefined;
    }
    const [index, fraction] =
      part.type === 'progress' ? [part.windowIndex, part.fraction] : ([part.result.index, 1] as const);
    const { startSeconds, endSeconds } = this.#windowAt(index);
    this.#inFlight.set(index, (endSeconds - startSeconds) * fraction);
    this.#progress.report(this.#inFlightSeconds);
    return part.type === 'window-final' ? part.result : undefined;
  }

  get #inFlightSeconds(): number {
    return [...this.#inFlight.values()].reduce((total, seconds) => total + seconds, 0);
  }

  /** Commits what is sure, and decides about the language once enough was heard. */
  async #sift(heard: HeardWindow): Promise<void> {
    if (this.#language === undefined) {
      this.#vote.hear(heard);
      if (hasVoice(heard.result)) this.#held.push(heard);
      else await this.#commit(heard);
      const winner = this.#vote.findWinner();
      if (winner === undefined) return;
      this.#language = await this.#settle(winner);
      for (const one of this.#held.splice(0)) await this.#judge(one, this.#language);
    } else {
      await this.#judge(heard, this.#language);
    }
  }

  async #judge(heard: HeardWindow, language: string): Promise<void> {
    if (isMisheard(heard, language)) this.#misheard.push(heard);
    else await this.#commit(heard);
  }

  #settle(language: string): Promise<string> {
    const { db, workerId } = this.#dependencies;
    const { lease, claimed } = this.#run;
    return withDatabaseRetry(lease.signal, () =>
      db.orm.transaction((transaction) => settleLanguage(transaction, { claim: claimed.claim, workerId, language })),
    );
  }

  async #commit({ window, result }: HeardWindow): Promise<void> {
    const { db, metrics, workerId } = this.#dependencies;
    const run = this.#run;
    const { claim } = run.claimed;
    this.#inFlight.delete(window.index);
    const commit = { claim, workerId, window, result, inFlightSeconds: this.#inFlightSeconds };
    await withDatabaseRetry(run.lease.signal, () =>
      db.orm.transaction((transaction) => commitWindow(transaction, commit)),
    );
    const audioSeconds = window.endSeconds - window.startSeconds;
    run.windowsCommitted += 1;
    run.audioSeconds += audioSeconds;
    run.inferenceSeconds += result.inferenceSeconds;
    metrics.windowCommitted(this.#choice, { audioSeconds, inferenceSeconds: result.inferenceSeconds });
  }

  /** Native code is about to run: a death from here on speaks against the chunk. */
  async #markStarted(deviceActual: string): Promise<void> {
    const { db } = this.#dependencies;
    const { claimed, lease } = this.#run;
    const { claim, transcription } = claimed;
    await withDatabaseRetry(lease.signal, async () => {
      await db.orm
        .update(chunks)
        .set({ nativeStartedAt: sql`now()` })
        .where(and(eq(chunks.id, claim.id), eq(chunks.token, claim.token)));
      await db.orm
        .update(transcriptions)
        .set({ deviceActual })
        .where(
          and(
            eq(transcriptions.id, transcription.id),
            or(isNull(transcriptions.deviceActual), ne(transcriptions.deviceActual, deviceActual)),
          ),
        );
    });
  }

  /** Its samples are read just before it goes in. */
  #toAudioWindow(window: Window): AudioWindow {
    const { index, startSeconds, channel } = window;
    const outline = this.#outlines.find((one) => one.channel === (channel ?? 0));
    const speech = speechInside(window, outline?.speechMilliseconds);
    return { index, startSeconds, samples: new Float32Array(0), ...(speech === undefined ? {} : { speech }) };
  }

  #windowAt(index: number): Window {
    const window = this.#open.get(index);
    if (window === undefined) throw new Error(`The inference host answered window ${index}, which it was not given.`);
    return window;
  }
}

/** Channels that are transcribed apart lie one behind the other, each as long as the recording. */
function placeInWorkFile(
  { channel, startSeconds, endSeconds }: Window,
  { audioSeconds }: ChunkClaim['transcription'],
): { startSeconds: number; endSeconds: number } {
  const offsetSeconds = (channel ?? 0) * (audioSeconds ?? 0);
  return { startSeconds: startSeconds + offsetSeconds, endSeconds: endSeconds + offsetSeconds };
}

function optionsOf({ task, wordTimes, prompt, language }: ChunkClaim['transcription']['options']): TranscribeOptions {
  return {
    task,
    wordTimes,
    ...(language === undefined ? {} : { language }),
    ...(prompt === undefined ? {} : { prompt }),
  };
}
