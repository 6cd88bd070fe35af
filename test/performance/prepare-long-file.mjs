// Measures the preparation of a long recording: node test/performance/prepare-long-file.mjs [hours=10] [ogg|flac|wav=ogg]
// Repeats the bundled clip with pauses, prepares the file, and prints time and memory beside the target. Ends with 1 when the target is missed.
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findAudioTools, prepareAudio, sniffContainer, SNIFF_BYTES } from '@voice-transcriber/audio';

const MEMORY_MEBIBYTES_TARGET = 600;
const ENCODERS = {
  ogg: ['-c:a', 'libopus', '-b:a', '12k', '-application', 'voip', '-compression_level', '0'],
  flac: ['-c:a', 'flac', '-compression_level', '0'],
  wav: ['-c:a', 'pcm_s16le'],
};

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const hours = Number(process.argv[2] ?? 10);
const extension = process.argv[3] ?? 'ogg';
const encoder = ENCODERS[extension];
if (!(hours > 0) || encoder === undefined) throw new Error('usage: prepare-long-file.mjs [hours] [ogg|flac|wav]');

const directory = await mkdtemp(join(tmpdir(), 'vt-long-file-'));
try {
  const tools = await findAudioTools();
  const inputPath = await makeRecording(tools.ffmpegPath);
  const head = await readHead(inputPath);
  const startedAt = performance.now();
  const prepared = await prepareAudio({
    inputPath,
    container: sniffContainer(head),
    outputPath: join(directory, 'work.pcm'),
    tools,
    chunkSeconds: 600,
    voiceActivity: true,
    vadModelPath: join(root, 'models/silero-vad-16k-sequence-6.2.3.onnx'),
    limits: { audioSecondsMax: (hours + 1) * 3600 },
  });
  report(prepared, (performance.now() - startedAt) / 1000, (await stat(inputPath)).size);
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function makeRecording(ffmpegPath) {
  const piecePath = join(directory, 'piece.wav');
  const inputPath = join(directory, `long.${extension}`);
  const clip = join(root, 'test/fixtures/audio/jfk.flac');
  const quiet = ['-nostdin', '-loglevel', 'error', '-y'];
  await run(ffmpegPath, [...quiet, '-i', clip, '-af', 'apad=pad_len=176400', '-ac', '1', '-ar', '16000', piecePath]);
  await run(ffmpegPath, [
    ...quiet,
    '-stream_loop',
    '-1',
    '-i',
    piecePath,
    '-t',
    String(hours * 3600),
    ...encoder,
    inputPath,
  ]);
  return inputPath;
}

async function readHead(path) {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function report(prepared, wallSeconds, sizeBytes) {
  const mebibytes = (bytes) => Math.round(bytes / 1024 ** 2);
  const { prepare, ffmpeg } = prepared.memoryBytesPeak;
  const together = mebibytes(prepare + ffmpeg + process.resourceUsage().maxRSS * 1024);
  const windows = prepared.plan.chunks.reduce((sum, chunk) => sum + chunk.windows.length, 0);
  const expectedSeconds = hours * 3600;
  const lengthRight = Math.abs(prepared.audioSeconds - expectedSeconds) < 1;
  process.stdout.write(
    `${hours} h of ${extension} (${mebibytes(sizeBytes)} MiB): ${wallSeconds.toFixed(1)} s, ${(prepared.audioSeconds / wallSeconds).toFixed(0)} times real time\n` +
      `decoded ${prepared.audioSeconds.toFixed(1)} s, speech ${prepared.speechSeconds.toFixed(1)} s, ${prepared.plan.chunks.length} chunks, ${windows} windows\n` +
      `memory: prepare process ${mebibytes(prepare)} MiB, ffmpeg ${mebibytes(ffmpeg)} MiB, caller ${mebibytes(process.resourceUsage().maxRSS * 1024)} MiB; ` +
      `together ${together} MiB (target: ${MEMORY_MEBIBYTES_TARGET} MiB)\n`,
  );
  if (together > MEMORY_MEBIBYTES_TARGET || !lengthRight) process.exitCode = 1;
}
