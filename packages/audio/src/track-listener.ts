import { createEnergyMeter } from './energy-envelope.js';
import { createPeakMeter } from './peak-meter.js';
import { planTranscription, type Plan } from './plan-transcription.js';
import type { PrepareOrder, SoundOutline } from './prepare-messages.js';
import { createSpeechSpanDetector } from './speech-spans.js';
import { startThreadedListener } from './threaded-listener.js';

/** What listening to a track came to. */
export interface HeardSound {
  readonly plan: Plan;
  readonly speechSeconds: number;
  readonly outline: Omit<SoundOutline, 'channel'>;
}

/** What listens while samples pass by: the meters always, the voice activity model when asked for. */
export interface TrackListener {
  hear(samples: Float32Array): Promise<void>;
  finish(audioSeconds: number): Promise<HeardSound>;
  dispose(): Promise<void>;
}

export function createTrackListener({
  voiceActivity,
  vadModelPath,
  chunkSeconds,
}: Pick<PrepareOrder, 'voiceActivity' | 'vadModelPath' | 'chunkSeconds'>): TrackListener {
  const meter = createEnergyMeter();
  const peakMeter = createPeakMeter();
  const detector = createSpeechSpanDetector();
  const listener = voiceActivity ? startThreadedListener(vadModelPath) : undefined;
  return {
    hear: async (samples) => {
      meter.push(samples);
      peakMeter.push(samples);
      await listener?.push(samples, detector.push);
    },
    finish: async (audioSeconds) => {
      await listener?.finish(detector.push);
      const envelope = meter.finish();
      const { peaks, peakSeconds } = peakMeter.finish();
      const waveform = { peaksBase64: Buffer.from(peaks).toString('base64'), peakSeconds };
      if (listener === undefined) {
        const plan = planTranscription({ audioSeconds, speech: undefined, pauses: [], envelope, chunkSeconds });
        return { plan, speechSeconds: audioSeconds, outline: { speechMilliseconds: null, ...waveform } };
      }
      const { speech, spoken, pauses } = detector.finish(audioSeconds);
      const speechSeconds = speech.reduce((sum, span) => sum + span.endSeconds - span.startSeconds, 0);
      const speechMilliseconds = spoken.flatMap(({ startSeconds, endSeconds }) =>
        [startSeconds, Math.min(endSeconds, audioSeconds)].map((seconds) => Math.round(seconds * 1000)),
      );
      const plan = planTranscription({ audioSeconds, speech, pauses, envelope, chunkSeconds });
      return { plan, speechSeconds, outline: { speechMilliseconds, ...waveform } };
    },
    dispose: async () => listener?.dispose(),
  };
}
