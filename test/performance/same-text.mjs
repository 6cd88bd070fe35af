// Compares the ONNX Runtime engine with whisper.cpp on the same weights: node test/performance/same-text.mjs WHISPER_CLI [folder=../shared/audio/dev] [beam=5] [part=1/1]
// Both read the embedded model written out as f16 and decode greedily, without timestamps, fallback or voice activity detection, one window of 30 s, in the
// clip's language. Where the texts differ, whisper.cpp hears once more without flash attention, which rounds to halves. Bytes hear each clip twice: as far as
// it goes, which is the default, and with silence up to 30 s, as floats do: so the two causes of a difference can be told apart. Prints clips with the same
// text and words that differ for floats and bytes, and words wrong with and without beam search. Part 2/3 is every third clip from the second on.
// Ends with 1 when a target is missed.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findAudioTools } from '@voice-transcriber/audio';
import backend from '@voice-transcriber/backend-onnxruntime';
import { wordErrorRate } from '@voice-transcriber/benchmark';

const SECONDS_MAX = 30;
const SAMPLE_RATE_HZ = 16_000;
/** Words of the int8 text that may differ from the float text. */
const DIFFERENT_PERCENT_TARGET = 0.5;

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const [whisperCli, folder = join(root, '../shared/audio/dev'), beam = '5', part = '1/1'] = process.argv.slice(2);
if (whisperCli === undefined) throw new Error('usage: same-text.mjs WHISPER_CLI [folder] [beam] [part]');

const directory = await mkdtemp(join(tmpdir(), 'vt-same-text-'));
try {
  const path = join(directory, 'ggml-base-f16.bin');
  const generator = join(root, 'backends/onnxruntime/dist/tools/checkpoint-command.js');
  await run(process.execPath, [generator, 'convert', join(root, 'models/ggml-base-q8_0.bin'), 'f16', path]);
  const [first, step] = part.split('/').map(Number);
  const clips = (await readClips()).filter((_, index) => index % step === first - 1);
  process.stdout.write(`${clips.length} clips of at most ${SECONDS_MAX} s with a reference, base, f16\n`);
  const int8 = await hear(clips, path, 'int8', {});
  accuracy('bytes', clips, int8);
  const float = await hear(clips, path, 'float32', {});
  const whole = await hear(clips, path, 'int8', {}, { padded: true });
  accuracy('bytes, encoded over 30 s', clips, whole);
  const close = compare('bytes against floats, both encoded over 30 s', clips, float, whole);
  compare('bytes, encoded as far as a clip goes, against floats', clips, float, int8);
  accuracy('floats', clips, float);
  const searched = await hear(clips, path, 'int8', { beamSize: Number(beam) });
  compare(`beam of ${beam} against greedy`, clips, int8, searched);
  accuracy(`bytes, beam of ${beam}`, clips, searched);
  const reference = await hearWithWhisperCpp(clips, path, '-fa');
  accuracy('whisper.cpp', clips, reference);
  compare('floats against whisper.cpp', clips, reference, float);
  const different = clips.filter((_, index) => reference[index] !== float[index]);
  const exact = await hearWithWhisperCpp(different, path, '-nfa');
  different.forEach((clip, index) => (reference[clips.indexOf(clip)] = exact[index]));
  const same = compare('floats against whisper.cpp, different ones without flash attention', clips, reference, float);
  const percent = (100 * close.different) / close.words;
  process.stdout.write(
    `target: the same text in all clips with floats: ${same.clips} of ${clips.length}; ` +
      `at most ${DIFFERENT_PERCENT_TARGET} % of words differ with bytes, over 30 s: ${percent.toFixed(2)} %\n`,
  );
  if (same.clips < clips.length || percent > DIFFERENT_PERCENT_TARGET) process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function readClips() {
  const { ffmpegPath } = await findAudioTools();
  const lines = (await readFile(join(folder, 'CATALOG.tsv'), 'utf8')).trim().split('\n').slice(1);
  const clips = [];
  for (const line of lines) {
    const [name, seconds, language, , reference] = line.split('\t');
    // Several channels and damaged files are a matter of decoding, not of the model.
    if (Number(seconds) > SECONDS_MAX || reference === '-' || language === '-' || name.startsWith('damaged')) continue;
    const wave = join(directory, `${name}.wav`);
    const quiet = ['-nostdin', '-loglevel', 'error', '-y'];
    await run(ffmpegPath, [
      ...quiet,
      '-i',
      resolve(folder, name),
      '-ac',
      '1',
      '-ar',
      '16000',
      '-c:a',
      'pcm_s16le',
      wave,
    ]);
    clips.push({ name, language, wave, text: await readFile(join(folder, reference), 'utf8') });
  }
  return clips;
}

async function hearWithWhisperCpp(clips, model, attention) {
  const options = ['-m', model, '-t', '2', '-bs', '1', '-bo', '1', '-nf', attention, '-nt', '-sns', '-np', '-otxt'];
  for (const language of new Set(clips.map((clip) => clip.language))) {
    const waves = clips.filter((clip) => clip.language === language).map(({ wave }) => wave);
    await run(whisperCli, [...options, '-l', language, ...waves]);
  }
  return Promise.all(clips.map(async ({ wave }) => tidy(await readFile(`${wave}.txt`, 'utf8'))));
}

async function hear(clips, path, precision, extra, { padded = false } = {}) {
  const report = await backend.probe();
  if (report.status !== 'available') throw new Error(report.reason);
  const device = report.devices.find(({ kind }) => kind === 'cpu');
  const startedAt = process.cpuUsage();
  const model = await backend.load({ path, manifest: { name: 'base-f16' } }, { device, threads: 2, precision });
  try {
    const texts = [];
    for (const language of new Set(clips.map((clip) => clip.language))) {
      const windows = [];
      for (const [index, clip] of clips.entries()) {
        if (clip.language !== language) continue;
        const samples = await readSamples(clip.wave);
        windows.push({ index, startSeconds: 0, samples: padded ? withSilence(samples) : samples });
      }
      const options = { task: 'transcribe', language, wordTimes: false, extra: { temperature: 0, ...extra } };
      for await (const part of model.transcribe({ windows, options })) {
        if (part.type !== 'window-final') continue;
        texts[part.result.index] = tidy(part.result.segments.map(({ text }) => text).join(' '));
      }
    }
    const { user, system } = process.cpuUsage(startedAt);
    process.stdout.write(
      `${precision}${padded ? ' over 30 s' : ''} ${JSON.stringify(extra)}: ${((user + system) / 1e6).toFixed(0)} s of processor time\n`,
    );
    return texts;
  } finally {
    await model.dispose();
  }
}

async function readSamples(wave) {
  const raw = `${wave}.raw`;
  const { ffmpegPath } = await findAudioTools();
  await run(ffmpegPath, ['-nostdin', '-loglevel', 'error', '-y', '-i', wave, '-f', 's16le', raw]);
  const bytes = await readFile(raw);
  await rm(raw);
  const integers = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return Float32Array.from(integers, (value) => value / 32_768);
}

function withSilence(samples) {
  const whole = new Float32Array(SECONDS_MAX * SAMPLE_RATE_HZ);
  whole.set(samples.subarray(0, whole.length));
  return whole;
}

function tidy(text) {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function compare(title, clips, expected, actual) {
  const counts = { clips: 0, different: 0, words: 0 };
  clips.forEach(({ name, language }, index) => {
    const { errors, words } = wordErrorRate(expected[index], actual[index], { language });
    counts.different += errors;
    counts.words += words;
    if (expected[index] === actual[index]) counts.clips++;
    else process.stdout.write(`  ${name} (${errors} of ${words})\n    ${expected[index]}\n    ${actual[index]}\n`);
  });
  process.stdout.write(
    `${title}: ${counts.clips} of ${clips.length} clips the same, ${counts.different} of ${counts.words} words differ\n\n`,
  );
  return counts;
}

function accuracy(title, clips, texts) {
  let wrong = 0;
  let total = 0;
  clips.forEach(({ text, language }, index) => {
    const { errors, words } = wordErrorRate(text, texts[index], { language });
    wrong += errors;
    total += words;
  });
  process.stdout.write(`${title}: ${wrong} of ${total} words wrong, ${((100 * wrong) / total).toFixed(2)} %\n`);
}
