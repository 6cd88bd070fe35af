import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { readTree, sampleProcessTree } from './sample-process-tree.mjs';

const STOP_MILLISECONDS_MAX = 40_000;
const READY_SECONDS_MAX = 120;
const LOAD_SECONDS_MAX = 180;
const ERROR_CHARACTERS_KEPT = 4_000;
const QUIET_LOOKS = 3;
const LOOK_MILLISECONDS = 500;
const QUIET_CPU_SECONDS_MAX = 0.05;

/**
 * Starts a driver: a program that holds one contender and takes orders, one line of JSON each, on its standard input.
 *
 * First it says `{ ready: true, version }`. `{ do: 'load', model }` is answered by `{ seconds }`, `{ do: 'transcribe', file, language }` by
 * `{ seconds, text }` and whatever else it knows (`timedWords`, `backend`), a failure by `{ error }`. It ends when its input ends.
 *
 * `isContender` false: the driver is only our hand at the contender, whose processes are below it, so its own memory does not count.
 */
export async function startDriver({ program, programArguments, env, isContender }) {
  // In a group of its own: Ctrl-C ends us, and the driver ends tidily when its input does.
  const child = spawn(program, programArguments, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let errorOutput = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errorOutput = (errorOutput + text).slice(-ERROR_CHARACTERS_KEPT);
  });
  // A driver that has ended says why on its error output, not by the broken pipe.
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'close');
  exited.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const nextAnswer = async (secondsMax) => {
    let timer;
    const late = new Promise((_resolve, reject) => {
      timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`no answer within ${secondsMax} s`));
      }, secondsMax * 1000);
    });
    try {
      const { value, done } = await Promise.race([lines.next(), late]);
      if (done) throw new Error(`ended: ${errorOutput.trim().split('\n').slice(-3).join(' ') || 'it said nothing'}`);
      const answer = JSON.parse(value);
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  };
  const ask = (order, secondsMax) => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
    return nextAnswer(secondsMax);
  };
  const stop = async () => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS_MAX);
    await exited.catch(() => undefined);
    clearTimeout(timer);
  };

  try {
    const { version } = await nextAnswer(READY_SECONDS_MAX);
    return {
      version,
      load: (model) => ask({ do: 'load', model }, LOAD_SECONDS_MAX),
      /** One transcription with what it took: seconds of wall and processor time, peak bytes of the whole process tree. */
      async transcribe({ file, language, secondsMax }) {
        const usage = sampleProcessTree(child.pid, { isRootCounted: isContender });
        try {
          const answer = await ask({ do: 'transcribe', file, language }, secondsMax);
          return { ...answer, ...usage.finish() };
        } finally {
          usage.cancel();
        }
      },
      /** Waits for what a start sets going in the background: a self-test, a first look at the machine. */
      async waitUntilQuiet(secondsMax) {
        const end = Date.now() + secondsMax * 1000;
        for (let quietLooks = 0; quietLooks < QUIET_LOOKS && Date.now() < end;) {
          const { cpuSeconds } = readTree(child.pid);
          await delay(LOOK_MILLISECONDS);
          const isQuiet = readTree(child.pid).cpuSeconds - cpuSeconds <= QUIET_CPU_SECONDS_MAX;
          quietLooks = isQuiet ? quietLooks + 1 : 0;
        }
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
