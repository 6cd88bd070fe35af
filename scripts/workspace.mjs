// What every command that works on a fresh clone needs first: dependencies installed, native parts built, packages compiled.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryDirectory = fileURLToPath(new URL('..', import.meta.url));

const NODE_MINIMUM = [20, 19];
const STAMP = join(repositoryDirectory, 'node_modules', '.voice-transcriber', 'installed-lock.sha256');

/** Stops with a sentence that says what to do when this Node is too old to run the project. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1])) return;
  throw new Error(
    `Node ${NODE_MINIMUM.join('.')} or newer is needed, this is ${process.versions.node}: install a newer Node and start again.`,
  );
}

/** Installs the locked dependencies unless that has been done, then builds the native parts that are missing. `quiet` shows nothing unless it fails. */
export async function ensureInstalled({ quiet = false } = {}) {
  requireNode();
  if (!isInstalled()) {
    // Not `npm ci`: it refuses a lock file that lacks optional builds for other platforms, as this one does where the registry that it was made from lacked
    // them. This installs the same locked versions and leaves the lock file as it is.
    const install = ['install', '--no-save', '--no-audit', '--no-fund'];
    await runOrThrow('npm', install, { what: 'Installing the dependencies', quiet });
    mkdirSync(dirname(STAMP), { recursive: true });
    writeFileSync(STAMP, lockDigest());
  }
  await runOrThrow(process.execPath, ['scripts/build-native.mjs'], { what: 'Building the native parts', quiet });
}

/** Compiles what has changed since the last time. `quiet` as in ensureInstalled. */
export async function ensureBuilt({ quiet = false } = {}) {
  await runOrThrow('npx', ['turbo', 'run', 'build', '--output-logs=errors-only'], {
    what: 'Building the packages',
    quiet,
  });
}

/**
 * Whether node_modules holds what the lock file says. npm writes its own copy of the lock at the end of a complete installation; the digest of the one that
 * it worked from is kept beside it. Where a developer ran npm by hand, the copy's packages are compared instead.
 */
function isInstalled() {
  const installedLock = join(repositoryDirectory, 'node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockDigest()) return true;
  const wanted = JSON.parse(readFileSync(join(repositoryDirectory, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedLock, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      !path.includes('node_modules/') ||
      entry.optional ||
      (entry.link ? existsSync(join(repositoryDirectory, path)) : installed[path]?.version === entry.version),
  );
}

function lockDigest() {
  return createHash('sha256')
    .update(readFileSync(join(repositoryDirectory, 'package-lock.json')))
    .digest('hex');
}

const TELEMETRY_OFF = { TURBO_TELEMETRY_DISABLED: '1', NEXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };

/**
 * Runs a command in the repository. With `quiet`, its output is kept and returned; without, it is shown as it comes.
 * Resolves with the exit code, 1 when a signal ended it.
 */
export function run(command, commandArguments, { quiet = false, directory = repositoryDirectory } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, {
      cwd: directory,
      env: { ...process.env, ...TELEMETRY_OFF },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    const output = [];
    child.stdout?.on('data', (data) => output.push(data));
    child.stderr?.on('data', (data) => output.push(data));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(output).toString() }));
  });
}

/** Quiet: nothing is shown, and the error of a failure carries what was printed as `output`. */
async function runOrThrow(command, commandArguments, { what, quiet }) {
  const { code, output } = await run(command, commandArguments, { quiet });
  if (code === 0) return;
  const call = [command, ...commandArguments].join(' ');
  throw Object.assign(new Error(`${what} failed (${call} ended with ${code}); its output is above.`), { output });
}
