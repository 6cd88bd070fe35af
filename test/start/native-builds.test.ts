import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const SCRIPT_MILLISECONDS_MAX = 60_000;

let project: string;

/** A project in which nothing was compiled yet: our scripts, and the packages that bring the sources. */
beforeEach(async () => {
  project = await mkdtemp(path.join(os.tmpdir(), 'native-builds-'));
  await cp(path.join(REPOSITORY, 'scripts'), path.join(project, 'scripts'), { recursive: true });
  for (const backend of ['smart-whisper', 'whisper-cpp']) {
    await mkdir(path.join(project, 'backends', backend), { recursive: true });
    await writeFile(path.join(project, 'backends', backend, 'package.json'), '{}');
  }
  const modules = path.join(REPOSITORY, 'node_modules');
  await mkdir(path.join(project, 'node_modules', 'smart-whisper'), { recursive: true });
  const manifest = path.join('node_modules', 'smart-whisper', 'package.json');
  await writeFile(path.join(project, manifest), await readFile(path.join(REPOSITORY, manifest)));
  await symlink(path.join(modules, 'nodejs-whisper'), path.join(project, 'node_modules', 'nodejs-whisper'));
});

afterEach(async () => {
  await rm(project, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs a script where PATH leads to no program at all. */
function runWithoutTools(script: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd: project, env: { PATH: '/nonexistent' }, timeout: SCRIPT_MILLISECONDS_MAX };
    execFile(process.execPath, [path.join(project, 'scripts', script)], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

test('without a compiler a start goes on, and says what to install for smart-whisper', async () => {
  const { code, output } = await runWithoutTools('build-native.mjs');
  expect(code).toBe(0);
  expect(output).toContain('a C++ compiler (g++ or clang++), make, python3 is missing');
  expect(output).toContain('apt-get install -y g++ make python3');
  expect(output).toContain('smart-whisper is unavailable');
  expect(output).not.toContain('    at ');
});

test('without cmake and a compiler the build of whisper.cpp says what to install', async () => {
  const { code, output } = await runWithoutTools('build-whisper-cpp.mjs');
  expect(code).toBe(1);
  expect(output).toContain('a C++ compiler (g++ or clang++), cmake, make is missing');
  expect(output).toContain('apt-get install -y cmake g++ make');
  expect(output).not.toContain('    at ');
});
