import { spawn } from 'node:child_process';
import { NativeBuildError } from './toolchain.mjs';

const PROGRESS_MILLISECONDS = 15_000;
const OUTPUT_CHARACTERS_MAX = 20_000;

/**
 * Runs a long command quietly: a line now and then with the percentage that it last printed (CMake's `[ 42%]`). Throws NativeBuildError with its last words
 * when it fails or takes too long.
 */
export async function runWithProgress(program, args, { log, what, millisecondsMax }) {
  const startedAt = Date.now();
  let output = '';
  let percent;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-OUTPUT_CHARACTERS_MAX);
      percent = [...text.matchAll(/\[ *(\d+)%\]/g)].at(-1)?.[1] ?? percent;
    });
  }
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    log(`${what} … ${percent === undefined ? '' : `${percent} %, `}${seconds} s`);
  }, PROGRESS_MILLISECONDS);
  let isLate = false;
  const deadline = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, millisecondsMax);
  try {
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code === 0) return;
    if (isLate) {
      const minutes = Math.round(millisecondsMax / 60_000);
      throw new NativeBuildError(
        `${output}\n${what} took longer than ${minutes} minutes and was stopped. Try again when less else runs on this machine.`,
      );
    }
    throw new NativeBuildError(
      `${output}\n${what} failed (above: the last words of ${program}). Check cmake, g++, make and free disk space.`,
    );
  } finally {
    clearInterval(progress);
    clearTimeout(deadline);
  }
}
