import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AudioError } from './audio-error.js';
import { assertDecodedLength, findClaimedSeconds } from './claimed-length.js';
import { decodeWithFfmpeg } from './ffmpeg-decode.js';
import { explainFailure, noAudioTrack, noSound } from './ffmpeg-input.js';
import { mergePlans } from './merge-plans.js';
import type { PreparedAudio, PrepareOrder } from './prepare-messages.js';
import { probeAudio, requireContainer } from './probe-audio.js';
import { decodeSamples } from './read-window-samples.js';
import { createTrackListener, type HeardSound } from './track-listener.js';

const SAMPLE_RATE_HZ = 16_000;
const SAMPLE_BYTES = 2;

export interface PrepareContext {
  readonly signal: AbortSignal;
  readonly onProgress: (decodedSeconds: number) => void;
}

/** Carries out an order in this process. The work file appears whole under its name, or not at all. */
export async function carryOutOrder(order: PrepareOrder, context: PrepareContext): Promise<PreparedAudio> {
  const partPath = `${order.outputPath}.part`;
  await mkdir(dirname(order.outputPath), { recursive: true });
  try {
    const file = await open(partPath, 'w');
    let prepared: PreparedAudio;
    try {
      prepared = await decodeAndPlan(order, file, context);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partPath, order.outputPath);
    return prepared;
  } catch (error) {
    await rm(partPath, { force: true });
    throw toAudioError(error);
  }
}

/** Each channel of its own costs a whole transcription: no call has more speakers apart. */
const TRACKS_MAX = 8;

async function decodeAndPlan(order: PrepareOrder, file: FileHandle, context: PrepareContext): Promise<PreparedAudio> {
  const { inputPath, tools } = order;
  const container = requireContainer(order.container);
  const probed = await probeAudio(inputPath, { container, tools, signal: context.signal });
  const isSeparate = order.channels === 'separate' && probed.channels > 1;
  const tracks = isSeparate ? [...Array(Math.min(probed.channels, TRACKS_MAX)).keys()] : [undefined];
  const heard: HeardTrack[] = [];
  for (const channel of tracks) {
    heard.push(await hearTrack(order, { container, channels: probed.channels, channel, file, context }));
  }
  const [first] = heard;
  if (first === undefined) throw noAudioTrack();
  if (heard.some(({ audioSeconds }) => audioSeconds !== first.audioSeconds)) {
    throw new AudioError('prepare-failed', 'The channels of the recording are not equally long. Transcribe it mixed.');
  }
  return {
    audioSeconds: first.audioSeconds,
    speechSeconds: heard.reduce((sum, { speechSeconds }) => sum + speechSeconds, 0),
    plan: isSeparate ? mergePlans(heard.map(({ plan }) => plan)) : first.plan,
    outlines: heard.map(({ outline }, channel) => ({ channel, ...outline })),
    memoryBytesPeak: memoryPeaks(heard),
  };
}

interface HeardTrack extends HeardSound {
  readonly audioSeconds: number;
  readonly ffmpegBytesPeak: number;
}

/** Decodes one track to the end of the file and listens meanwhile. */
async function hearTrack(
  order: PrepareOrder,
  {
    container,
    channels,
    channel,
    file,
    context,
  }: {
    readonly container: ReturnType<typeof requireContainer>;
    readonly channels: number;
    readonly channel: number | undefined;
    readonly file: FileHandle;
    readonly context: PrepareContext;
  },
): Promise<HeardTrack> {
  const { inputPath, tools, limits } = order;
  const ears = createTrackListener(order);
  try {
    let decodedBytes = 0;
    let oddByte = new Uint8Array(0);
    const outcome = await decodeWithFfmpeg(
      { inputPath, container, tools, signal: context.signal, channels, channel, limits },
      async (bytes) => {
        await writeAll(file, bytes);
        decodedBytes += bytes.byteLength;
        const decodedSeconds = decodedBytes / SAMPLE_BYTES / SAMPLE_RATE_HZ;
        if (decodedSeconds > limits.audioSecondsMax) throw tooLong(limits.audioSecondsMax);
        const whole = Buffer.concat([oddByte, bytes]);
        oddByte = whole.subarray(whole.byteLength - (whole.byteLength % SAMPLE_BYTES));
        await ears.hear(decodeSamples(whole));
        context.onProgress(decodedSeconds);
      },
    );
    const audioSeconds = Math.floor(decodedBytes / SAMPLE_BYTES) / SAMPLE_RATE_HZ;
    assertDecodedLength(audioSeconds, await findClaimedSeconds(inputPath, container.container));
    if (outcome.exitCode !== 0) throw explainFailure(outcome.messages);
    if (decodedBytes === 0) throw outcome.messages === '' ? noSound() : explainFailure(outcome.messages);
    return { audioSeconds, ffmpegBytesPeak: outcome.memoryBytesPeak, ...(await ears.finish(audioSeconds)) };
  } finally {
    await ears.dispose();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, offset);
    offset += bytesWritten;
  }
}

function memoryPeaks(heard: readonly HeardTrack[]): PreparedAudio['memoryBytesPeak'] {
  const ffmpeg = Math.max(...heard.map(({ ffmpegBytesPeak }) => ffmpegBytesPeak));
  return { prepare: process.resourceUsage().maxRSS * 1024, ffmpeg };
}

function tooLong(audioSecondsMax: number): AudioError {
  const hours = Math.round((audioSecondsMax / 3600) * 100) / 100;
  return new AudioError(
    'audio-too-long',
    `The recording is longer than ${hours} hours. Cut it into shorter files, then upload them.`,
    {
      details: { audioSecondsMax },
    },
  );
}

function toAudioError(error: unknown): AudioError {
  if (error instanceof AudioError) return error;
  const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
  const reason = error instanceof Error ? error.message : String(error);
  const message = full
    ? 'The disk is full. Free space in the data folder, then start the transcription again.'
    : `The recording could not be prepared: ${reason}.`;
  return new AudioError('prepare-failed', message, { details: full ? { systemCode: 'ENOSPC' } : {}, cause: error });
}
