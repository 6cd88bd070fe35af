import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import type { BenchmarkCell, ProfiledFunction } from '../benchmark-run.js';
import { topFunctions, type CpuProfile } from './cpu-profile.js';
import { createCellHost, type CellContext } from './cell-context.js';
import type { PreparedClip } from './prepare-clips.js';
import { loadModel, runSet } from './run-set.js';

/**
 * Runs the set once more under V8's sampling profiler, in a process of its own, so that no measured time contains it. Native code shows as the function
 * through which JavaScript enters it. Null when the run fails: the measured figures stay.
 */
export async function profileCell(
  cell: BenchmarkCell,
  clips: readonly PreparedClip[],
  context: CellContext,
): Promise<readonly ProfiledFunction[] | null> {
  const { workDirectory, order, signal, logger } = context;
  const directory = await mkdtemp(path.join(workDirectory, 'profile-'));
  const host = createCellHost(cell, context, { profileDirectory: directory });
  const session = new Session();
  session.connect();
  try {
    const set = { host, cell, clips, prompt: order.prompt, signal };
    await loadModel(set);
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await runSet(set);
    const { profile } = await session.post('Profiler.stop');
    // The inference process writes its profile when it ends.
    await host.dispose();
    return [...topFunctions(await readProfiles(directory), 'inference'), ...topFunctions([profile], 'host')];
  } catch (error) {
    logger.warn({ err: error, cell }, 'The profile could not be made.');
    return null;
  } finally {
    session.disconnect();
    await host.dispose();
    await rm(directory, { recursive: true, force: true });
  }
}

/** One profile for each thread of each process. */
async function readProfiles(directory: string): Promise<CpuProfile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.cpuprofile'));
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(path.join(directory, name), 'utf8')) as CpuProfile),
  );
}
