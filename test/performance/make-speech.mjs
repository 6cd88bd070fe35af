import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findAudioTools } from '@voice-transcriber/audio';
import { sharedAudio } from '@voice-transcriber/testkit';

const BUNDLED = fileURLToPath(new URL('../fixtures/audio/jfk.flac', import.meta.url));

/** Real speech of this length: long recordings from beside the repository, else the bundled clip; repeated until it is long enough. */
export async function makeSpeech({ seconds, directory }) {
  const { ffmpegPath } = await findAudioTools();
  const found = ['long-dictation-headset.mp3', 'long-lj-chapter.flac'].flatMap((name) => sharedAudio(name) ?? []);
  const clips = found.length > 0 ? found : [BUNDLED];
  const file = path.join(directory, `speech-${seconds}.flac`);
  // The concat filter repeats the whole list; the resampler makes clips of different kinds fit.
  const repeats = Math.ceil(seconds / (clips.length > 1 ? 500 : 11));
  const inputs = Array.from({ length: repeats }, () => clips).flat();
  const streams = inputs
    .map((_, index) => `[${index}:a]aresample=16000,aformat=channel_layouts=mono[a${index}];`)
    .join('');
  const joined = inputs.map((_, index) => `[a${index}]`).join('');
  const filter = `${streams}${joined}concat=n=${inputs.length}:v=0:a=1[out]`;
  const given = inputs.flatMap((input) => ['-i', input]);
  const output = ['-filter_complex', filter, '-map', '[out]', '-t', String(seconds), file];
  await promisify(execFile)(ffmpegPath, ['-nostdin', '-loglevel', 'error', '-y', ...given, ...output]);
  const what = found.length > 0 ? 'read and dictated English' : 'the bundled clip, repeated';
  return { content: await readFile(file), filename: path.basename(file), seconds, what };
}
