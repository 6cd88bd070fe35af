import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BUILD_MILLISECONDS_MAX, NativeBuildError } from './toolchain.mjs';

const LOOK_MILLISECONDS = 200;
/** A lock without its owner's id is being made, unless its maker died in between. */
const UNOWNED_MILLISECONDS_MAX = 5_000;

/** Two builds at once must not work in the same folder. A lock whose owner is dead is taken over. Resolves with the function that gives it back. */
export async function takeLock(directory, { millisecondsMax = BUILD_MILLISECONDS_MAX } = {}) {
  const deadline = Date.now() + millisecondsMax;
  const ownerFile = path.join(directory, 'owner');
  await mkdir(path.dirname(directory), { recursive: true });
  while (Date.now() < deadline) {
    try {
      await mkdir(directory);
      await writeFile(ownerFile, String(process.pid));
      return () => rm(directory, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(await readFile(ownerFile, 'utf8').catch(() => ''));
    const age = Date.now() - ((await stat(directory).catch(() => undefined))?.mtimeMs ?? Date.now());
    const isAbandoned = owner > 0 ? !isAlive(owner) : age > UNOWNED_MILLISECONDS_MAX;
    if (isAbandoned) await rm(directory, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
  throw new NativeBuildError(`Another build holds ${directory} for too long. Remove that folder and run again.`);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
