import type { BenchmarkProgress } from '@voice-transcriber/benchmark';
import type { ModelPull, Progress, TranscriptionState } from '@voice-transcriber/client';
import { formatBytes, formatSeconds } from './style.js';

const BAR_WIDTH = 24;

const STATES: Record<TranscriptionState, string> = {
  QUEUED: 'waiting',
  PREPARING: 'preparing',
  TRANSCRIBING: 'transcribing',
  FINISHING: 'finishing',
  PAUSED: 'paused',
  COMPLETED: 'done',
  PARTIAL: 'done in part',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
};

/** The total of a file is always known. */
export function uploadText(sentBytes: number, totalBytes = sentBytes): string {
  const fraction = totalBytes > 0 ? sentBytes / totalBytes : 1;
  return `${bar(fraction)} ${percent(fraction)}  uploading ${formatBytes(totalBytes)}`;
}

export function pullText({ state, bytesDone, bytesTotal, bytesPerSecond, etaSeconds }: ModelPull): string {
  const fraction = bytesTotal > 0 ? bytesDone / bytesTotal : 0;
  const speed = bytesPerSecond === null ? '' : `, ${formatBytes(bytesPerSecond)}/s`;
  const eta = etaSeconds === null ? '' : `, ${formatSeconds(etaSeconds)} left`;
  const step = state === 'QUEUED' ? 'waiting' : bytesDone === bytesTotal ? 'checking' : `of ${formatBytes(bytesTotal)}`;
  return `${bar(fraction)} ${percent(fraction)}  ${step}${speed}${eta}`;
}

export function progressText(progress: Progress, state: TranscriptionState): string {
  const { fraction, audioSecondsPerSecond, etaSeconds } = progress;
  const speed = audioSecondsPerSecond ? `, ${audioSecondsPerSecond.toFixed(1)}× real time` : '';
  const eta = etaSeconds ? `, ${formatSeconds(etaSeconds)} left` : '';
  const shown = state === 'COMPLETED' ? 1 : fraction;
  return `${bar(shown)} ${percent(shown)}  ${STATES[state]}${state === 'TRANSCRIBING' ? speed + eta : ''}`;
}

export function benchmarkText({ fraction, doing, etaSeconds, cellsDone, cellsTotal }: BenchmarkProgress): string {
  const eta = etaSeconds && fraction < 1 ? `, about ${formatSeconds(etaSeconds)} left` : '';
  return `${bar(fraction)} ${percent(fraction)}  ${String(Math.min(cellsDone + 1, cellsTotal))}/${String(cellsTotal)} ${doing}${eta}`;
}

function bar(fraction: number): string {
  const filled = Math.round(Math.min(Math.max(fraction, 0), 1) * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

function percent(fraction: number): string {
  return `${Math.floor(Math.min(Math.max(fraction, 0), 1) * 100)
    .toString()
    .padStart(3)} %`;
}
