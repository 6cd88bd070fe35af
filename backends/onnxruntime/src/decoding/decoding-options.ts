import { BackendError, type TranscribeOptions } from '@voice-transcriber/backend-sdk';

/** Whisper gives half its text context to what it says. */
const TEXT_TOKENS_MAX = 224;
/** Texts that one window can follow at once. */
export const HYPOTHESES_MAX = 8;

/** Temperatures of successive attempts at a window (openai/whisper, transcribe.py). */
const FALLBACK_TEMPERATURES: readonly number[] = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** How the text of a window is looked for, from `options.extra`. */
export interface DecodingOptions {
  /** Texts that are followed at once when the temperature is 0; 1 is greedy. */
  readonly beamSize: number;
  /** Texts that are drawn at once when it is above 0. */
  readonly bestOf: number;
  /** Exponent by which beam search favours long texts; undefined compares means. */
  readonly lengthPenalty: number | undefined;
  /** Temperatures of successive attempts, at least one. A single one is never followed by another attempt. */
  readonly temperatures: readonly number[];
  /** Where a text is cut at the latest. */
  readonly tokensMax: number;
}

type OptionReader = (value: unknown) => Partial<DecodingOptions> | undefined;

/** Each reader gives nothing for a value that makes no sense. */
const READERS: Readonly<Record<string, { read: OptionReader; expected: string }>> = {
  beamSize: {
    read: (value) => (isWhole(value, HYPOTHESES_MAX) ? { beamSize: value } : undefined),
    expected: `a whole number from 1 to ${HYPOTHESES_MAX}`,
  },
  bestOf: {
    read: (value) => (isWhole(value, HYPOTHESES_MAX) ? { bestOf: value } : undefined),
    expected: `a whole number from 1 to ${HYPOTHESES_MAX}`,
  },
  lengthPenalty: {
    read: (value) => (isShare(value) ? { lengthPenalty: value } : undefined),
    expected: 'a number from 0 to 1',
  },
  temperature: {
    read: readTemperatures,
    expected: 'a number from 0 to 1, or a list of such numbers to be tried in turn',
  },
  tokensMax: {
    read: (value) => (isWhole(value, TEXT_TOKENS_MAX) ? { tokensMax: value } : undefined),
    expected: `a whole number from 1 to ${TEXT_TOKENS_MAX}`,
  },
};

const DEFAULTS: DecodingOptions = {
  beamSize: 1,
  bestOf: 1,
  lengthPenalty: undefined,
  temperatures: FALLBACK_TEMPERATURES,
  tokensMax: TEXT_TOKENS_MAX,
};

/** Reads the options that only this engine knows. Throws `request-unsupported` for a value that makes no sense. */
export function readDecodingOptions({ extra = {} }: Pick<TranscribeOptions, 'extra'>): DecodingOptions {
  let options = DEFAULTS;
  for (const [name, { read, expected }] of Object.entries(READERS)) {
    const value = extra[name];
    if (value === undefined) continue;
    const part = read(value);
    if (part === undefined) {
      throw new BackendError('request-unsupported', `The option ${name} must be ${expected}.`, { retry: 'never' });
    }
    options = { ...options, ...part };
  }
  return options;
}

/** Whether `readDecodingOptions` reads an option of this name. */
export function isDecodingOption(name: string): boolean {
  return Object.hasOwn(READERS, name);
}

function readTemperatures(value: unknown): Partial<DecodingOptions> | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const temperatures = list.filter(isShare);
  return temperatures.length === list.length && list.length > 0 ? { temperatures } : undefined;
}

/** How many texts a window follows at most. */
export function countHypotheses({ beamSize, bestOf, temperatures }: DecodingOptions): number {
  return Math.max(...temperatures.map((temperature) => (temperature === 0 ? beamSize : bestOf)));
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isWhole(value: unknown, largest: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= largest;
}
