import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Trial } from '@voice-transcriber/doctor';
import type { BackendReport } from '@voice-transcriber/inference';
import { CliError } from '../cli-error.js';
import { appProgram } from '../repository.js';

const PROBE_MILLISECONDS_MAX = 90_000;
/** Beyond the time that was asked for: one engine that hangs is ended by its own deadline. */
const OVERTIME_MILLISECONDS = 120_000;

/** Every speech engine tries itself in a process of its own. Throws CliError. */
export async function probeEngines(environment: NodeJS.ProcessEnv): Promise<BackendReport[]> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [appProgram('worker', 'probe.js')], {
      timeout: PROBE_MILLISECONDS_MAX,
      env: environment,
    });
    return JSON.parse(stdout) as BackendReport[];
  } catch (error) {
    throw new CliError(`The engines could not be asked: ${(error as Error).message}`, { cause: error });
  }
}

/** Lets every engine transcribe the bundled clip with these models, for about so long. What was tried before a failure is kept. */
export async function tryEngines(
  environment: NodeJS.ProcessEnv,
  { models, secondsMax, onTrial }: { models: readonly string[]; secondsMax: number; onTrial: (trial: Trial) => void },
): Promise<Trial[]> {
  const program = [appProgram('worker', 'calibrate.js'), String(secondsMax), ...models];
  const child = spawn(process.execPath, program, { env: environment, stdio: ['pipe', 'pipe', 'ignore'] });
  // A program that is gone already closes the pipe.
  child.stdin.on('error', () => undefined);
  const timer = setTimeout(() => child.kill('SIGKILL'), secondsMax * 1000 + OVERTIME_MILLISECONDS);
  const trials: Trial[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const trial = JSON.parse(line) as Trial;
    trials.push(trial);
    onTrial(trial);
  });
  try {
    await once(child, 'close');
    return trials;
  } finally {
    clearTimeout(timer);
  }
}
