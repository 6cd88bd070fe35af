import { isAbsolute, resolve } from 'node:path';
import { BenchmarkError, type BenchmarkOrder, ORDER_DEFAULTS, parseOrder } from '@voice-transcriber/benchmark';
import { CliError, EXIT_CODES } from '../cli-error.js';

/** The command line as commander gives it. */
export interface RunOptions {
  readonly backends?: string;
  readonly models?: string;
  readonly device?: string;
  readonly threads?: string;
  readonly batch?: string;
  readonly audio?: string;
  readonly language?: string;
  readonly prompt?: string;
  readonly iterations?: string;
  readonly warmups?: string;
  readonly untilStable?: string | true;
  readonly iterationsMax?: string;
  readonly profile?: true;
  readonly force?: true;
}

const STABLE_PERCENT_DEFAULT = '2';

/** Throws CliError (usage) that names the option. */
export function toOrder(options: RunOptions): BenchmarkOrder {
  const { audio, untilStable } = options;
  const stablePercent = untilStable === true ? STABLE_PERCENT_DEFAULT : untilStable;
  try {
    return parseOrder({
      backends: listOf(options.backends),
      models: listOf(options.models),
      devices: listOf(options.device),
      threads: listOf(options.threads).map(toNumber),
      batches: listOf(options.batch).map((text) => (text === 'auto' ? null : toNumber(text))),
      audioDirectory: audio === undefined ? null : isAbsolute(audio) ? audio : resolve(audio),
      language: options.language ?? null,
      prompt: options.prompt ?? null,
      iterations: numberOr(options.iterations, ORDER_DEFAULTS.iterations),
      warmups: numberOr(options.warmups, ORDER_DEFAULTS.warmups),
      iterationsMax: numberOr(options.iterationsMax, ORDER_DEFAULTS.iterationsMax),
      variationMax: stablePercent === undefined ? null : toNumber(stablePercent) / 100,
      profile: options.profile ?? false,
      force: options.force ?? false,
    });
  } catch (error) {
    if (!(error instanceof BenchmarkError)) throw error;
    throw new CliError(error.message, { exitCode: EXIT_CODES.usage, cause: error });
  }
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function numberOr(text: string | undefined, fallback: number): number {
  return text === undefined ? fallback : toNumber(text);
}

/** NaN for what is no number: the order's bounds refuse it by its name. */
function toNumber(text: string): number {
  return Number(text.replace(/%$/, ''));
}
