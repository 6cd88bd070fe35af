import { readFile } from 'node:fs/promises';
import { type Client, type Transcription } from '@voice-transcriber/client';
import { CliError } from '../cli-error.js';
import { SAMPLE } from '../repository.js';
import { progressText, uploadText } from '../terminal/progress-text.js';
import { createStatusLine } from '../terminal/status-line.js';
import { formatSeconds, paint } from '../terminal/style.js';

const SAMPLE_SECONDS_MAX = 600;

/** Sends the bundled recording through the public API as any client would, and shows what comes back. */
export async function transcribeSample(client: Client, signal: AbortSignal): Promise<Transcription> {
  const status = createStatusLine(process.stdout);
  const startedAt = Date.now();
  console.log(`Transcribing the sample: 11 s of a public speech, through the GraphQL API.`);
  try {
    const transcription = await client.transcribe(
      SAMPLE.audioPath,
      {},
      {
        signal,
        timeoutSeconds: SAMPLE_SECONDS_MAX,
        onUpload: (sent, total) => {
          status.show(uploadText(sent, total), 'uploading');
        },
        onProgress: (progress, state) => {
          status.show(progressText(progress, state), state);
        },
      },
    );
    status.clear();
    showResult(transcription, (Date.now() - startedAt) / 1000);
    return transcription;
  } finally {
    status.clear();
  }
}

function showResult(transcription: Transcription, wallSeconds: number): void {
  const { text, audioSeconds, inferenceSeconds, model, backend, device } = transcription;
  console.log(`\n  ${paint('bold', `“${(text ?? '').trim()}”`)}\n`);
  const speed =
    audioSeconds && inferenceSeconds > 0
      ? `, inference at ${(audioSeconds / inferenceSeconds).toFixed(1)}× real time`
      : '';
  const engine = [model, backend, device].filter(Boolean).join(', ');
  console.log(`  ${formatSeconds(audioSeconds ?? 0)} of audio in ${formatSeconds(wallSeconds)}${speed} (${engine}).`);
}

/** Throws CliError when the transcript is not word for word what is said in the sample. */
export async function checkSample(transcription: Transcription): Promise<void> {
  const expected = words(await readFile(SAMPLE.textPath, 'utf8'));
  const heard = words(transcription.text ?? '');
  if (heard.join(' ') === expected.join(' ')) return;
  throw new CliError(
    `The transcript of the sample is wrong.\n  Expected: ${expected.join(' ')}\n  Heard:    ${heard.join(' ') || '(nothing)'}`,
  );
}

function words(text: string): string[] {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s']/gu, ' ')
    .split(/\s+/)
    .filter(Boolean);
}
