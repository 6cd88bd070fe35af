import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { LoadRound, LoadRoundsRequest } from './load-rounds-main.js';
import type { ContractSubject } from './subject.js';

const ROUNDS = 20;
/** Until then the allocator and the engine's own pools still grow to their size. */
const ROUNDS_WARM = 10;
/** Over the ten rounds that count. A model that is not freed is ten times its size; freed memory comes back in pieces that vary by this. */
const GROWTH_BYTES_MAX = 48 * 1024 * 1024;
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
    const warm = rounds[ROUNDS_WARM - 1];
    const last = rounds.at(-1);
    if (warm === undefined || last === undefined) throw new Error('No round was measured.');
    const megabytes = rounds.map(({ residentBytes }) => Math.round(residentBytes / 1e6));
    console.log(`resident MB after each of ${ROUNDS} loads and unloads: ${megabytes.join(' ')}`);
    expect(last.residentBytes - warm.residentBytes).toBeLessThan(GROWTH_BYTES_MAX);
    expect(last.openFiles - warm.openFiles).toBeLessThanOrEqual(OPEN_FILES_GROWTH_MAX);
    expect(rounds.map(({ children }) => children)).toEqual(rounds.map(() => 0));
  });
}
