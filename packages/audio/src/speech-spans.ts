import type { Span } from './span.js';

/** New samples per frame of the voice activity model: 32 ms. */
export const FRAME_SAMPLES = 512;
export const FRAME_SECONDS = FRAME_SAMPLES / 16_000;

export interface SpeechSpanOptions {
  /** Speech begins at this probability. */
  readonly threshold: number;
  /** Silence begins below this one: between the two, what was goes on. */
  readonly thresholdOfSilence: number;
  /** Shorter silence stays inside the speech, as a pause. */
  readonly silenceSecondsMin: number;
  /** Spans with fewer seconds of frames above the threshold are a click or a chord. */
  readonly speechSecondsMin: number;
  /** A span whose best frame is below this one is noise that grazed the threshold. */
  readonly peakMin: number;
  /** Added at both ends: first and last sounds are soft. */
  readonly padSeconds: number;
  /** Added before the first and behind the last span instead: a model hears the first word better after the silence that really came before it. */
  readonly edgePadSeconds: number;
  /** Shorter dips are not told as pauses. */
  readonly pauseSecondsMin: number;
}

export const SPEECH_SPAN_DEFAULTS: SpeechSpanOptions = {
  threshold: 0.5,
  thresholdOfSilence: 0.35,
  silenceSecondsMin: 1,
  speechSecondsMin: 0.2,
  peakMin: 0.6,
  padSeconds: 0.4,
  edgePadSeconds: 2,
  pauseSecondsMin: 0.1,
};

export interface DetectedSpeech {
  /** Ordered, not overlapping, padded, inside the recording. */
  readonly speech: readonly Span[];
  /** The same spans without their padding: where somebody was really heard. */
  readonly spoken: readonly Span[];
  /** Short silences inside the speech: where a long span is cut best. Ordered. */
  readonly pauses: readonly Span[];
}

export interface SpeechSpanDetector {
  /** Takes the speech probability of the next frame. */
  readonly push: (probability: number) => void;
  /** Closes what is open. To be called once. */
  finish(audioSeconds: number): DetectedSpeech;
}

interface OpenSpan {
  readonly startFrame: number;
  readonly pauses: Span[];
  silenceStartFrame: number | undefined;
  speechFrames: number;
  peak: number;
}

/** Turns frame probabilities into spans as they come, keeping spans only: the memory does not grow with the recording's silence. */
export function createSpeechSpanDetector(options: SpeechSpanOptions = SPEECH_SPAN_DEFAULTS): SpeechSpanDetector {
  const speech: Span[] = [];
  const pauses: Span[] = [];
  let frame = 0;
  let open: OpenSpan | undefined;

  const close = (span: OpenSpan, endFrame: number): void => {
    open = undefined;
    if (span.speechFrames * FRAME_SECONDS < options.speechSecondsMin || span.peak < options.peakMin) return;
    speech.push({ startSeconds: span.startFrame * FRAME_SECONDS, endSeconds: endFrame * FRAME_SECONDS });
    pauses.push(...span.pauses);
  };

  const pushSilence = (span: OpenSpan): void => {
    span.silenceStartFrame ??= frame;
    const seconds = (frame + 1 - span.silenceStartFrame) * FRAME_SECONDS;
    if (seconds >= options.silenceSecondsMin) close(span, span.silenceStartFrame);
  };

  const pushSpeech = (span: OpenSpan, probability: number): void => {
    span.speechFrames += 1;
    span.peak = Math.max(span.peak, probability);
    if (span.silenceStartFrame === undefined) return;
    const pause = { startSeconds: span.silenceStartFrame * FRAME_SECONDS, endSeconds: frame * FRAME_SECONDS };
    if (pause.endSeconds - pause.startSeconds >= options.pauseSecondsMin) span.pauses.push(pause);
    span.silenceStartFrame = undefined;
  };

  return {
    push: (probability) => {
      if (probability >= options.threshold) {
        open ??= { startFrame: frame, pauses: [], silenceStartFrame: undefined, speechFrames: 0, peak: 0 };
        pushSpeech(open, probability);
      } else if (open !== undefined && probability < options.thresholdOfSilence) {
        pushSilence(open);
      }
      frame += 1;
    },
    finish: (audioSeconds) => {
      if (open !== undefined) close(open, open.silenceStartFrame ?? frame);
      return { speech: padSpans(speech, options, audioSeconds), spoken: speech, pauses };
    },
  };
}

/** Widens each span; two that would overlap meet in the middle. Before the first and behind the last one more silence is kept. */
function padSpans(
  spans: readonly Span[],
  { padSeconds, edgePadSeconds }: SpeechSpanOptions,
  audioSeconds: number,
): Span[] {
  return spans.map((span, index) => {
    const previous = spans[index - 1];
    const next = spans[index + 1];
    const startMin = previous === undefined ? 0 : (previous.endSeconds + span.startSeconds) / 2;
    const endMax = next === undefined ? audioSeconds : (span.endSeconds + next.startSeconds) / 2;
    const startPad = previous === undefined ? edgePadSeconds : padSeconds;
    const endPad = next === undefined ? edgePadSeconds : padSeconds;
    return {
      startSeconds: Math.max(startMin, span.startSeconds - startPad),
      endSeconds: Math.min(endMax, span.endSeconds + endPad),
    };
  });
}
