import { BackendError, type TranscribeOptions } from '@voice-transcriber/backend-sdk';

const HYPOTHESES_MAX = 8;

/** The server's form fields for options that only some engines know. */
type FieldReader = (value: unknown) => Readonly<Record<string, string>> | undefined;

/** Each reader gives nothing for a value that makes no sense. */
const READERS: Readonly<Record<string, { read: FieldReader; expected: string }>> = {
  beamSize: {
    read: (value) => (isWhole(value) ? { beam_size: String(value) } : undefined),
    expected: `a whole number from 1 to ${HYPOTHESES_MAX}`,
  },
  bestOf: {
    read: (value) => (isWhole(value) ? { best_of: String(value) } : undefined),
    expected: `a whole number from 1 to ${HYPOTHESES_MAX}`,
  },
  temperature: {
    // A temperature that was asked for is the only attempt.
    read: (value) =>
      typeof value === 'number' && value >= 0 && value <= 1
        ? { temperature: String(value), temperature_inc: '0' }
        : undefined,
    expected: 'a number from 0 to 1',
  },
};

/** Form fields for `options.extra`. Throws `request-unsupported` for a value that makes no sense. */
export function decodingFields({ extra = {} }: Pick<TranscribeOptions, 'extra'>): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, { read, expected }] of Object.entries(READERS)) {
    if (extra[name] === undefined) continue;
    const part = read(extra[name]);
    if (part === undefined) {
      throw new BackendError('request-unsupported', `The option ${name} must be ${expected}.`, { retry: 'never' });
    }
    Object.assign(fields, part);
  }
  return fields;
}

/** Names in `options.extra` that mean nothing here. */
export function unknownOptions({ extra = {} }: Pick<TranscribeOptions, 'extra'>): string[] {
  return Object.keys(extra).filter((name) => !Object.hasOwn(READERS, name));
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= HYPOTHESES_MAX;
}
