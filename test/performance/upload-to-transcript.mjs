// Measures a recording's whole way through the product: node test/performance/upload-to-transcript.mjs [recording] [model] [runs=3]
// Uploads it to a running API and follows it to its text; prints seconds by stage, speed, CPU seconds and memory of API, worker and their children.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '@voice-transcriber/db';
import { sharedAudio, startStack } from '@voice-transcriber/testkit';
import { followRecording } from './follow-recording.mjs';

const fallback = fileURLToPath(new URL('../fixtures/audio/jfk.flac', import.meta.url));
const recording = process.argv[2] ?? sharedAudio('long-lj-chapter.flac') ?? fallback;
const model = process.argv[3];
const runs = Number(process.argv[4] ?? 3);
const content = await readFile(recording);

const stack = await startStack({
  workers: 1,
  database: 'own',
  ...(process.env.MODELS_DIR && { env: { MODELS_DIR: process.env.MODELS_DIR } }),
});
const db = openDatabase(stack.databaseUrl);
try {
  for (let run = 1; run <= runs; run += 1) {
    print(run, await followRecording({ stack, db, content, filename: basename(recording), model }));
  }
} finally {
  await db.close();
  await stack.stop();
}

function print(run, { startedAt, textAt, row, marks: at, memoryBytesPeak, cpuSeconds: cpu }) {
  const audioSeconds = row.audio_seconds;
  const total = (textAt - startedAt) / 1000;
  const stages = [
    ['upload, probe, register', at.accepted - startedAt],
    ['until preparation begins', at.prepare_from - at.accepted],
    ['prepare (decode, speech, plan)', at.prepare_to - at.prepare_from],
    ['until transcription begins', at.chunk_from - at.prepare_to],
    ['until the first window is committed', at.first_window - at.chunk_from],
    ['until the last window is committed', at.last_window - at.first_window],
    ['merge, check, finish', textAt - at.last_window],
  ];
  const what = `${row.model} on ${row.backend} (${row.device_actual}), ${at.windows} windows`;
  console.log(
    `\nrun ${run}${run === 1 ? ' (the model is loaded in it)' : ''}: ${basename(recording)}, ${audioSeconds.toFixed(0)} s, ${what}`,
  );
  for (const [name, milliseconds] of stages)
    console.log(`  ${name.padEnd(38)} ${(milliseconds / 1000).toFixed(2).padStart(7)} s`);
  console.log(
    `  ${'upload to text'.padEnd(38)} ${total.toFixed(2).padStart(7)} s = ${(audioSeconds / total).toFixed(1)}x real time`,
  );
  console.log(
    `  ${'inside the model'.padEnd(38)} ${row.inference_seconds.toFixed(2).padStart(7)} s = ${(audioSeconds / row.inference_seconds).toFixed(1)}x real time`,
  );
  console.log(
    `  ${'CPU of API, worker and children'.padEnd(38)} ${cpu.toFixed(2).padStart(7)} s = ${((cpu / audioSeconds) * 1000).toFixed(1)} ms per second of audio`,
  );
  console.log(
    `  ${'memory of all of them, peak'.padEnd(38)} ${String(Math.round(memoryBytesPeak / 1e6)).padStart(7)} MB`,
  );
}
