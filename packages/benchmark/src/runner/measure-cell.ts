import { BackendError } from '@voice-transcriber/backend-sdk';
import type { InferenceHost } from '@voice-transcriber/inference';
import type {
  BenchmarkCell,
  BenchmarkClipResult,
  BenchmarkIteration,
  BenchmarkProblem,
  BenchmarkResult,
} from '../benchmark-run.js';
import { characterErrorRate, wordErrorRate } from '../error-rate.js';
import { coefficientOfVariation } from '../statistics.js';
import { createCellHost, type CellContext } from './cell-context.js';
import type { PreparedClip } from './prepare-clips.js';
import { profileCell } from './profile-cell.js';
import { startResourceMeter } from './resource-meter.js';
import { loadModel, runSet, type HeardClip, type RunSetOptions } from './run-set.js';

/**
 * Measures one combination in a fresh inference process. Yields each iteration as it is done and returns the row; a failure is a row too, with what was
 * measured before it.
 */
export async function* measureCell(
  cell: BenchmarkCell,
  context: CellContext,
): AsyncGenerator<BenchmarkIteration, BenchmarkResult, undefined> {
  const measured = new Measurement(cell, context);
  const host = createCellHost(cell, context);
  try {
    yield* measured.run(host);
  } catch (error) {
    return measured.toResult(context.signal.aborted ? 'cancelled' : 'failed', toProblem(error));
  } finally {
    await host.dispose();
  }
  return measured.toResult(
    'completed',
    null,
    context.order.profile ? await profileCell(cell, measured.clips, context) : null,
  );
}

class Measurement {
  clips: readonly PreparedClip[] = [];
  readonly #cell: BenchmarkCell;
  readonly #context: CellContext;
  readonly #iterations: BenchmarkIteration[] = [];
  readonly #unsteady = new Set<string>();
  #heard: readonly HeardClip[] = [];
  #skipped: readonly string[] = [];
  #loadSeconds: number | null = null;

  constructor(cell: BenchmarkCell, context: CellContext) {
    this.#cell = cell;
    this.#context = context;
  }

  async *run(host: InferenceHost): AsyncGenerator<BenchmarkIteration, void, undefined> {
    const { order, signal, modelStore, clips } = this.#context;
    // Checksum and probe come first: they are the product's, not the model's.
    const { manifest } = await modelStore.require(this.#cell.model);
    await requireBackend(host, this.#cell);
    const knows = (language: string | null) =>
      language === null || manifest.languages.includes('*') || manifest.languages.includes(language);
    this.clips = clips.filter(({ language }) => knows(language));
    this.#skipped = clips.filter(({ language }) => !knows(language)).map(({ name }) => name);
    if (this.clips.length === 0) {
      throw new BackendError('request-unsupported', `${manifest.name} knows none of the languages of the set.`, {
        retry: 'never',
      });
    }
    const set = { host, cell: this.#cell, clips: this.clips, prompt: order.prompt, signal };
    this.#loadSeconds = await loadModel(set);
    for (let count = 0; count < order.warmups; count += 1) await runSet(set);
    while (!this.#isEnough()) {
      const { heard, ...iteration } = await this.#iterate(set, host);
      this.#keep(iteration, heard);
      yield iteration;
    }
  }

  async #iterate(set: RunSetOptions, host: InferenceHost) {
    const meter = await startResourceMeter(() => host.loadedModels()[0]?.pid);
    try {
      const outcome = await runSet(set);
      return { ...outcome, ...(await meter.stop()) };
    } finally {
      await meter.stop();
    }
  }

  toResult(
    state: BenchmarkResult['state'],
    error: BenchmarkProblem | null,
    profile: BenchmarkResult['profile'] = null,
  ): BenchmarkResult {
    return {
      ...this.#cell,
      state,
      error,
      loadSeconds: this.#loadSeconds,
      audioSeconds: this.clips.reduce((total, { audioSeconds }) => total + audioSeconds, 0),
      iterations: this.#iterations,
      stable: this.#context.order.variationMax === null ? null : this.#isStable(),
      clips: this.#heard.map((clip) => this.#compare(clip)),
      unsteadyClips: [...this.#unsteady],
      skippedClips: this.#skipped,
      profile,
    };
  }

  #isEnough(): boolean {
    const { iterations, iterationsMax, variationMax } = this.#context.order;
    if (this.#iterations.length < iterations) return false;
    return variationMax === null || this.#isStable() || this.#iterations.length >= iterationsMax;
  }

  #isStable(): boolean {
    const { iterations, variationMax } = this.#context.order;
    if (variationMax === null || this.#iterations.length < iterations) return false;
    const last = this.#iterations.slice(-iterations).map(({ durationSeconds }) => durationSeconds);
    return coefficientOfVariation(last) < variationMax;
  }

  #keep(iteration: BenchmarkIteration, heard: readonly HeardClip[]): void {
    this.#iterations.push(iteration);
    for (const [index, { name, text }] of this.#heard.entries()) {
      if (heard[index]?.text !== text) this.#unsteady.add(name);
    }
    this.#heard = heard;
  }

  #compare({ name, text, language }: HeardClip): BenchmarkClipResult {
    const clip = this.clips.find((candidate) => candidate.name === name);
    const reference = clip?.reference ?? null;
    const spoken = clip?.language ?? language;
    if (reference === null) return { name, text, language, words: null, characters: null };
    const words = wordErrorRate(reference, text, { language: spoken ?? 'en' });
    const characters = characterErrorRate(reference, text, { language: spoken ?? 'en' });
    return {
      name,
      text,
      language,
      words: { errors: words.errors, length: words.words },
      characters: { errors: characters.errors, length: characters.characters },
    };
  }
}

async function requireBackend(host: InferenceHost, { backend }: BenchmarkCell): Promise<void> {
  const report = (await host.probe()).find(({ name }) => name === backend);
  if (report?.status === 'available') return;
  const message =
    report === undefined
      ? `There is no backend "${backend}" in this installation.`
      : `${report.reason ?? 'It is not available.'} ${report.fix ?? ''}`.trim();
  throw new BackendError('backend-unavailable', message, { retry: 'elsewhere' });
}

function toProblem(error: unknown): BenchmarkProblem {
  if (error instanceof BackendError) return { code: error.code, message: error.message };
  return { code: 'internal-error', message: error instanceof Error ? error.message : String(error) };
}
