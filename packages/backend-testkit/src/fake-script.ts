import { BACKEND_ERROR_CODES, type BackendErrorCode } from '@voice-transcriber/backend-sdk';

/** What the fake backend can be told to do to a window. */
export const FAKE_VERBS = [
  'slow',
  'hear',
  'hang',
  'hang-async',
  'segv',
  'abort',
  'out-of-memory',
  'garbage',
  'exit',
  'error',
  'error-here',
  'error-elsewhere',
  'error-never',
] as const;
export type FakeVerb = (typeof FAKE_VERBS)[number];

export interface FakeInstruction {
  readonly verb: FakeVerb;
  /** The window's position in the recording that triggers; undefined = every window. */
  readonly windowIndex: number | undefined;
  /** How often it triggers before it is spent; undefined = always. Counted across processes. */
  readonly timesMax: number | undefined;
  /** Tells equal instructions of different jobs apart, so that their counts stay separate. */
  readonly key: string;
  /** Audio seconds per wall second for `slow`. */
  readonly speed: number;
  /** What `hear` takes the window's language for when none is asked for, and how surely. */
  readonly language?: string;
  readonly confidence?: number;
  /** For `error`: what it throws. */
  readonly code?: BackendErrorCode;
}

const PREFIX = 'fake:';

/**
 * Reads the script that a request carries in its prompt, because the prompt is the one option that travels unchanged from a client's upload to the backend.
 *
 * `fake:VERB@window=N,times=N,key=TEXT,speed=N,language=TEXT,confidence=N,code=CODE`, several separated by `;`. A prompt without the prefix is an ordinary prompt: no instructions.
 * Throws an Error that names the mistake, so that a typing error cannot make a test pass.
 */
export function parseFakeScript(prompt: string | undefined): readonly FakeInstruction[] {
  const text = prompt?.trim() ?? '';
  if (!text.startsWith(PREFIX)) return [];
  return text
    .slice(PREFIX.length)
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseInstruction);
}

function parseInstruction(text: string): FakeInstruction {
  const [verb = '', settings = ''] = text.split('@', 2);
  if (!isFakeVerb(verb)) throw new Error(`The fake backend knows no verb "${verb}".`);
  const values = new Map(
    settings
      .split(',')
      .filter((setting) => setting !== '')
      .map((setting) => setting.split('=', 2) as [string, string]),
  );
  for (const name of values.keys()) {
    if (!['window', 'times', 'key', 'speed', 'language', 'confidence', 'code'].includes(name))
      throw new Error(`The fake backend knows no setting "${name}".`);
  }
  return {
    verb,
    windowIndex: readNumber(values, 'window'),
    timesMax: readNumber(values, 'times'),
    key: values.get('key') ?? '',
    speed: readNumber(values, 'speed') ?? 2,
    ...(verb === 'hear' && {
      language: values.get('language') ?? 'en',
      confidence: readNumber(values, 'confidence') ?? 0.99,
    }),
    ...readCode(values),
  };
}

function readCode(values: ReadonlyMap<string, string>): { readonly code?: BackendErrorCode } {
  const text = values.get('code');
  if (text === undefined) return {};
  const code = BACKEND_ERROR_CODES.find((known) => known === text);
  if (code === undefined) throw new Error(`The fake backend knows no error code "${text}".`);
  return { code };
}

function readNumber(values: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) throw new Error(`The fake backend's "${name}" must be a number.`);
  return value;
}

function isFakeVerb(text: string): text is FakeVerb {
  return (FAKE_VERBS as readonly string[]).includes(text);
}
