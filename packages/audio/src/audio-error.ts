/** Every way a recording is refused or fails before any speech is recognised. */
export const AUDIO_ERROR_CODES = [
  'file-empty',
  'file-not-audio',
  'file-truncated',
  'playlist-refused',
  'container-unsupported',
  'decode-failed',
  'audio-too-long',
  'tools-missing',
  'prepare-failed',
  'prepare-aborted',
] as const;
export type AudioErrorCode = (typeof AUDIO_ERROR_CODES)[number];

/** `never`: the recording is at fault, the same again fails again. `here`: the machine may be at fault. */
export type AudioRetry = 'never' | 'here';

export interface AudioErrorJson {
  readonly name: 'AudioError';
  readonly code: AudioErrorCode;
  readonly message: string;
  readonly retry: AudioRetry;
  readonly details: Readonly<Record<string, unknown>>;
}

const RETRIED_CODES: ReadonlySet<AudioErrorCode> = new Set(['tools-missing', 'prepare-failed', 'prepare-aborted']);

/** Why a recording could not be taken in. The message tells a person what to do. Crosses the process border as JSON and comes back equal. */
export class AudioError extends Error {
  override readonly name = 'AudioError';
  readonly code: AudioErrorCode;
  readonly retry: AudioRetry;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: AudioErrorCode,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = RETRIED_CODES.has(code) ? 'here' : 'never';
    this.details = options.details ?? {};
  }

  toJSON(): AudioErrorJson {
    return { name: this.name, code: this.code, message: this.message, retry: this.retry, details: this.details };
  }
}

/** Parses the JSON form; undefined when it is none. */
export function findAudioError(value: unknown): AudioError | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { code, message, details } = value as Record<string, unknown>;
  if (!AUDIO_ERROR_CODES.includes(code as AudioErrorCode) || typeof message !== 'string') return undefined;
  const known = typeof details === 'object' && details !== null ? (details as Record<string, unknown>) : {};
  return new AudioError(code as AudioErrorCode, message, { details: known });
}

export function decodeFailed(reason: string, details: Readonly<Record<string, unknown>> = {}): AudioError {
  return new AudioError(
    'decode-failed',
    `The recording could not be decoded: ${reason}. Convert it to WAV, FLAC or MP3 with another program, then upload it again.`,
    { details },
  );
}

export function fileTruncated(what: string, details: Readonly<Record<string, unknown>> = {}): AudioError {
  return new AudioError(
    'file-truncated',
    `The recording is not complete: ${what}. Copy or export it again from where it was made, then upload the whole file.`,
    { details },
  );
}
