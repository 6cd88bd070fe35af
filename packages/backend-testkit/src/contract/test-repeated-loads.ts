import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { LoadRound, LoadRoundsRequest } from './load-rounds-main.js';
import type { ContractSubject } from './subject.js';

const ROUNDS = 20;
/** Until then the allocator and the engine's own pools still grow to their size; the last rounds are compared with the ones before this. */
const ROUNDS_WARM = 10;
/** The least that is held in so many rounds is what is never given back; a single round may hold 60 MB that are only given back in the next. */
const ROUNDS_COMPARED = 5;
/**
 * Over ten rounds. Models that are not freed are ten times their size, the smallest of which is 40 MB as a file and several times that when loaded. Freed
 * memory that lies in pieces is up to 55 MB by then and stays so: the ONNX Runtime engine holds 300 to 390 MB from the 14th to the 160th load of tiny.en.
 */
const GROWTH_BYTES_MAX = 96 * 1024 * 1024;
const OPEN_FILES_GROWTH_MAX = 2;
const MAIN = fileURLToPath(new URL('./load-rounds-main.js', import.meta.url));

/** Loading and unloading again and again, measured in a process that does nothing else. */
export function testRepeatedLoads(subject: ContractSubject, testMilliseconds: number): void {
  test(`${ROUNDS} loads and unloads leave no memory, no file and no process behind`, async (context) => {
    const reason = subject.options.skipped?.['repeated-loads'];
    if (reason !== undefined) context.skip(reason);
    const { files, device } = subject;
    const { moduleUrl, threads, language } = subject.options;
    const speechFile = path.join(subject.directory, 'speech.f32');
    await writeFile(speechFile, subject.window(0, { seconds: 2 }).samples);
    const request: LoadRoundsRequest = { moduleUrl, files, device, threads, rounds: ROUNDS, speechFile, language };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', MAIN, JSON.stringify(request)],
      // As an inference process runs: few arenas, large blocks given back at once, and no environment besides.
      {
        env: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: String(1024 * 1024) },
        timeout: testMilliseconds,
        maxBuffer: 1e6,
      },
    );
    const rounds = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LoadRound);
    expect(rounds).toHaveLength(ROUNDS);
    const warm = rounds.slice(ROUNDS_WARM - ROUNDS_COMPARED, ROUNDS_WARM);
    const last = rounds.slice(-ROUNDS_COMPARED);
    const megabytes = rounds.map(({ residentBytes }) => Math.round(residentBytes / 1e6));
    console.log(`resident MB after each of ${ROUNDS} loads and unloads: ${megabytes.join(' ')}`);
    expect(least(last, 'residentBytes') - least(warm, 'residentBytes')).toBeLessThan(GROWTH_BYTES_MAX);
    expect(least(last, 'openFiles') - least(warm, 'openFiles')).toBeLessThanOrEqual(OPEN_FILES_GROWTH_MAX);
    expect(rounds.map(({ children }) => children)).toEqual(rounds.map(() => 0));
  });
}

function least(rounds: readonly LoadRound[], key: keyof LoadRound): number {
  return Math.min(...rounds.map((round) => round[key]));
}
