import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { findAudioTools } from '@voice-transcriber/audio';

const run = promisify(execFile);
const SAMPLES_BYTES_MAX = 2 ** 28;
const BYTES_PER_SECOND = 16_000 * 2;
const LANGUAGE = 'en';
const MIX_NAME = 'mix-17-minutes';
const MIX_SECONDS_MIN = 17 * 60;
/** Between the clips of the mix, in turn: a breath, a pause, a wait. */
const GAP_SECONDS = [0.5, 1, 3];
/** The mix is about speech: not minutes of silence, nor the same sentence in eight containers. */
const NOT_IN_MIX = /^(gaps|late-speech|silence|damaged|codec-.*(?<!\.wav)$)/;

export const RECORDING_NAMES = [MIX_NAME, 'long-lj-chapter.flac', 'long-dictation-headset.mp3'];

/**
 * The recordings to measure, with what is said in them. Any file of the collection may be named; `mix-17-minutes` is made of all its English clips, with
 * pauses between.
 */
export async function collectRecordings({ audioDirectory, workDirectory, names }) {
  const { ffmpegPath } = await findAudioTools();
  const recordings = [];
  for (const name of names) {
    if (name === MIX_NAME) {
      recordings.push(await makeMix({ audioDirectory, workDirectory, ffmpegPath }));
      continue;
    }
    const file = path.join(audioDirectory, name);
    const samples = await decode(ffmpegPath, file);
    const audioSeconds = samples.length / BYTES_PER_SECOND;
    recordings.push({ name, file, reference: await readReference(file), audioSeconds, language: LANGUAGE });
  }
  return recordings;
}

async function makeMix({ audioDirectory, workDirectory, ffmpegPath }) {
  const pieces = [];
  const references = [];
  let audioSeconds = 0;
  const add = (bytes) => {
    pieces.push(bytes);
    audioSeconds += bytes.length / BYTES_PER_SECOND;
  };
  const clips = await findEnglishClips(audioDirectory);
  for (let index = 0; audioSeconds < MIX_SECONDS_MIN; index += 1) {
    const file = path.join(audioDirectory, clips[index % clips.length]);
    add(await decode(ffmpegPath, file));
    add(Buffer.alloc(GAP_SECONDS[index % GAP_SECONDS.length] * BYTES_PER_SECOND));
    references.push(await readReference(file));
  }
  const samplesFile = path.join(workDirectory, 'mix.pcm');
  const file = path.join(workDirectory, `${MIX_NAME}.flac`);
  await writeFile(samplesFile, Buffer.concat(pieces));
  const input = ['-f', 's16le', '-ar', '16000', '-ac', '1', '-i', samplesFile];
  await run(ffmpegPath, ['-nostdin', '-loglevel', 'error', '-y', ...input, file]);
  return { name: MIX_NAME, file, reference: references.join(' '), audioSeconds, language: LANGUAGE };
}

/** By name, so that every run makes the same mix. */
async function findEnglishClips(audioDirectory) {
  const rows = (await readFile(path.join(audioDirectory, 'CATALOG.tsv'), 'utf8')).split('\n').slice(1);
  const files = new Set(await readdir(audioDirectory));
  return rows
    .map((row) => row.split('\t'))
    .filter(([file = '', , language, , reference]) => {
      return language === LANGUAGE && reference !== '-' && files.has(file) && !NOT_IN_MIX.test(file);
    })
    .map(([file]) => file)
    .sort();
}

async function readReference(file) {
  const { dir, name } = path.parse(file);
  const text = await readFile(path.join(dir, `${name}.txt`), 'utf8');
  // Where two people speak, the speaker of a line is named before it.
  return text.replaceAll(/^[A-Z]: /gm, '').trim();
}

async function decode(ffmpegPath, file) {
  const output = ['-map', '0:a:0', '-ac', '1', '-ar', '16000', '-f', 's16le', '-'];
  const { stdout } = await run(ffmpegPath, ['-nostdin', '-loglevel', 'error', '-i', file, ...output], {
    encoding: 'buffer',
    maxBuffer: SAMPLES_BYTES_MAX,
  });
  return stdout;
}
