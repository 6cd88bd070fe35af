import type { SoundOutlineRow } from '@voice-transcriber/db';

export interface WaveformPeaks {
  readonly secondsPerPoint: number;
  /** 0..255 */
  readonly peaks: readonly number[];
}

/** Stored peaks in `pointsMax` points at most, each as loud as the loudest of its stretch; channels are laid over each other. */
export function drawWaveform(outlines: readonly SoundOutlineRow[], pointsMax: number): WaveformPeaks | undefined {
  const [first] = outlines;
  if (first === undefined) return undefined;
  const stored = Math.max(...outlines.map(({ peaks }) => peaks.length));
  const points = Math.min(pointsMax, stored);
  const drawn = Array.from({ length: points }, (_, point) => {
    const start = Math.floor((point * stored) / points);
    const end = Math.max(start + 1, Math.floor(((point + 1) * stored) / points));
    // One by one: a stretch may hold more peaks than a call takes arguments.
    let loudest = 0;
    for (const { peaks } of outlines) for (const peak of peaks.subarray(start, end)) loudest = Math.max(loudest, peak);
    return loudest;
  });
  return { secondsPerPoint: points === 0 ? first.peakSeconds : (stored * first.peakSeconds) / points, peaks: drawn };
}
