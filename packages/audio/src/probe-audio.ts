import { AudioError, decodeFailed } from './audio-error.js';
import type { AudioTools } from './audio-tools.js';
import { assertComplete } from './complete-file.js';
import { findContainer, type SniffedContainer } from './containers.js';
import { noAudioTrack } from './ffmpeg-input.js';
import { runProbe } from './ffmpeg-probe.js';

export interface ProbeOptions {
  readonly container: SniffedContainer | string;
  readonly tools: AudioTools;
  readonly signal?: AbortSignal | undefined;
}

export interface ProbedAudio {
  /** ffmpeg's name: `flac`, `aac`, `pcm_s16le` … */
  readonly codec: string;
  /** As the container claims or ffprobe estimates it; absent where only a full decode can tell. Never a reason to refuse. */
  readonly durationSeconds?: number;
  readonly channels: number;
  readonly sampleRateHz: number;
  /** For people: channel layout, bit rate. */
  readonly facts: Readonly<Record<string, string>>;
}

/** Examines the first audio track without decoding it. Throws AudioError `file-not-audio`, `file-truncated`, `decode-failed`, `container-unsupported`. */
export async function probeAudio(path: string, { container, tools, signal }: ProbeOptions): Promise<ProbedAudio> {
  const known = requireContainer(container);
  await assertComplete(path, known.container);
  const report = await runProbe({ inputPath: path, container: known, tools, signal });
  return parseProbe(report);
}

export function requireContainer(container: SniffedContainer | string): SniffedContainer {
  const name = typeof container === 'string' ? container : container.container;
  const known = findContainer(name);
  if (known !== undefined) return known;
  throw new AudioError(
    'container-unsupported',
    `The container "${name}" is not known. Convert the recording to WAV, FLAC, MP3 or M4A, then upload it again.`,
    { details: { container: name } },
  );
}

/** Parses ffprobe's JSON. */
function parseProbe(report: unknown): ProbedAudio {
  const root = asRecord(report);
  const stream = asRecord(Array.isArray(root['streams']) ? root['streams'][0] : undefined);
  const format = asRecord(root['format']);
  const codec = stream['codec_name'];
  if (Object.keys(stream).length === 0) throw noAudioTrack();
  if (typeof codec !== 'string' || codec === 'unknown')
    throw decodeFailed('its audio track uses a codec that ffmpeg does not know');
  const channels = Number(stream['channels']);
  const sampleRateHz = Number(stream['sample_rate']);
  if (!(channels >= 1 && channels <= 64 && sampleRateHz > 0))
    throw decodeFailed('its audio track has neither channels nor a sample rate');
  const durationSeconds = [stream['duration'], format['duration']].map(Number).find((seconds) => seconds > 0);
  const facts: Record<string, string> = {};
  for (const [name, value] of [
    ['channelLayout', stream['channel_layout']],
    ['bitRate', stream['bit_rate'] ?? format['bit_rate']],
  ] as const) {
    if (typeof value === 'string') facts[name] = value;
  }
  return { codec, ...(durationSeconds === undefined ? {} : { durationSeconds }), channels, sampleRateHz, facts };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
