import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { topFunctions } from './cpu-profile.js';
import { findRecordings } from './find-recordings.js';
import { createProgressMeter } from './progress-meter.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'recordings-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text);
}

test('without a catalogue every file that is no text counts, with the text beside it', async () => {
  await put({ 'b.wav': '', 'a.mp3': '', 'a.txt': 'hello', 'notes.md': '', '.hidden.wav': '' });
  const recordings = await findRecordings(directory, 'de');
  expect(recordings.map(({ name, language, reference }) => [name, language, reference])).toEqual([
    ['a.mp3', 'de', 'hello'],
    ['b.wav', 'de', null],
  ]);
});

test('a catalogue tells language and reference, and lists nothing that lies elsewhere', async () => {
  const catalogue =
    'file\tlanguage\treference\na.wav\tfr\ttext-of-a.txt\nb.wav\t-\t-\n../c.wav\ten\t-\nmissing.wav\ten\t-\n';
  await put({ 'CATALOG.tsv': catalogue, 'a.wav': '', 'b.wav': '', 'z.wav': '', 'text-of-a.txt': 'salut' });
  expect(
    (await findRecordings(directory, null)).map(({ name, language, reference }) => [name, language, reference]),
  ).toEqual([
    ['a.wav', 'fr', 'salut'],
    ['b.wav', null, null],
  ]);
});

test('a folder without recordings, or none at all, is told with what to do', async () => {
  await expect(findRecordings(directory, null)).rejects.toMatchObject({ code: 'audio-missing' });
  await expect(findRecordings(path.join(directory, 'absent'), null)).rejects.toMatchObject({ code: 'audio-missing' });
});

test('progress never falls, ends at 1, and the time left follows from the time taken', () => {
  let now = 0;
  const meter = createProgressMeter(2, { iterations: 3, warmups: 1 }, () => now);
  const seen = [meter.describe('')];
  for (let cell = 0; cell < 2; cell += 1) {
    for (let count = 1; count <= 4; count += 1) {
      now += 1000;
      expect(meter.countIteration()).toBe(count);
      seen.push(meter.describe(''));
    }
    meter.countCell();
    seen.push(meter.describe(''));
  }
  const fractions = seen.map(({ fraction }) => fraction);
  expect(fractions).toEqual([...fractions].sort((one, other) => one - other));
  expect(seen.at(-1)).toMatchObject({ fraction: 1, etaSeconds: 0, cellsDone: 2 });
  expect(seen[5]).toMatchObject({ fraction: 0.5, etaSeconds: 4 });
});

test('a function counts once for each stretch of time, with its callees, and native parts have no place', () => {
  const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 4 });
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 5] },
      { id: 2, callFrame: frame('walk', 'file:///x/dist/walk.js'), children: [3] },
      { id: 3, callFrame: frame('walk', 'file:///x/dist/walk.js'), children: [4] },
      { id: 4, callFrame: frame('run') },
      { id: 5, callFrame: frame('(idle)') },
    ],
    samples: [2, 3, 4, 5, 4],
    timeDeltas: [0, 20_000, 30_000, 40_000, 900_000],
  };
  expect(topFunctions([profile], 'inference')).toEqual([
    { process: 'inference', name: 'walk', place: 'x/dist/walk.js:5', selfSeconds: 0.05, totalSeconds: 0.09 },
    { process: 'inference', name: 'run', place: '', selfSeconds: 0.04, totalSeconds: 0.04 },
  ]);
});
