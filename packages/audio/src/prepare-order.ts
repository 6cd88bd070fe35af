import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createAttentiveListener } from './attentive-listener.js';
import { AudioError } from './audio-error.js';
import { assertDecodedLength, findClaimedSeconds } from './claimed-length.js';
import { createEnergyMeter } from './energy-envelope.js';
import { decodeWithFfmpeg, type DecodeOutcome } from './ffmpeg-decode.js';
import { explainFailure, noAudioTrack } from './ffmpeg-input.js';
import { planTranscription, type Plan } from './plan-transcription.js';
import type { PreparedAudio, PrepareOrder } from './prepare-messages.js';
import { probeAudio, requireContainer } from './probe-audio.js';
import { decodeSamples } from './read-window-samples.js';
import { createSpeechSpanDetector } from './speech-spans.js';
import { loadVoiceActivityModel } from './voice-activity.js';

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

async function decodeAndPlan(order: PrepareOrder, file: FileHandle, context: PrepareContext): Promise<PreparedAudio> {
  const { inputPath, tools, limits } = order;
  const container = requireContainer(order.container);
  const probed = await probeAudio(inputPath, { container, tools, signal: context.signal });
  const ears = await createEars(order);
  try {
    let decodedBytes = 0;
    let oddByte = new Uint8Array(0);
    const outcome = await decodeWithFfmpeg(
      { inputPath, container, tools, signal: context.signal, channels: probed.channels, limits },
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
    if (decodedBytes === 0) throw outcome.messages === '' ? noAudioTrack() : explainFailure(outcome.messages);
    const { plan, speechSeconds } = await ears.plan(audioSeconds);
    return { audioSeconds, speechSeconds, plan, memoryBytesPeak: memoryPeaks(outcome) };
  } finally {
    await ears.dispose();
  }
}

/** What listens while samples pass by: the energy meter always, the voice activity model when asked for. */
interface Ears {
  hear(samples: Float32Array): Promise<void>;
  plan(audioSeconds: number): Promise<{ plan: Plan; speechSeconds: number }>;
  dispose(): Promise<void>;
}

async function createEars({ voiceActivity, vadModelPath, chunkSeconds }: PrepareOrder): Promise<Ears> {
  const meter = createEnergyMeter();
  const detector = createSpeechSpanDetector();
  const model = voiceActivity ? await loadVoiceActivityModel(vadModelPath) : undefined;
  const listener = model && createAttentiveListener(model);
  return {
    hear: async (samples) => {
      meter.push(samples);
      await listener?.push(samples, detector.push);
    },
    plan: async (audioSeconds) => {
      await listener?.finish(detector.push);
      const envelope = meter.finish();
      if (model === undefined) {
        const plan = planTranscription({ audioSeconds, speech: undefined, pauses: [], envelope, chunkSeconds });
        return { plan, speechSeconds: audioSeconds };
      }
      const { speech, pauses } = detector.finish(audioSeconds);
      const speechSeconds = speech.reduce((sum, span) => sum + span.endSeconds - span.startSeconds, 0);
      return { plan: planTranscription({ audioSeconds, speech, pauses, envelope, chunkSeconds }), speechSeconds };
    },
    dispose: async () => model?.dispose(),
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, offset);
    offset += bytesWritten;
  }
}

function memoryPeaks(outcome: DecodeOutcome): PreparedAudio['memoryBytesPeak'] {
  return { prepare: process.resourceUsage().maxRSS * 1024, ffmpeg: outcome.memoryBytesPeak };
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
