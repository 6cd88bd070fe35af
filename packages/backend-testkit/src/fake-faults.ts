import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { BackendError } from '@voice-transcriber/backend-sdk';
import type { FakeInstruction } from './fake-script.js';

/** Where an inference process keeps its protocol pipe: junk written there reaches the host's parser. */
const PROTOCOL_FILE_DESCRIPTOR = 3;
const ALLOCATION_BYTES = 32 * 1024 * 1024;
const ALLOCATION_MILLISECONDS = 40;
/** Past this nobody watches: the verb gives up rather than take the machine down. */
const ALLOCATED_BYTES_MAX = 6 * 1024 * 1024 * 1024;

/** True while the instruction is not spent, and counts this use. The count is a file beside the model, so that it survives the death of the process. */
export function takeTurn(instruction: FakeInstruction, modelDirectory: string): boolean {
  if (instruction.timesMax === undefined) return true;
  const directory = path.join(modelDirectory, 'fake-counts');
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, createHash('sha256').update(JSON.stringify(instruction)).digest('hex'));
  appendFileSync(file, '.');
  return statSync(file).size <= instruction.timesMax;
}

/** Does what the verb says to this process. Returns only from `slow` and `hear`, which the caller heeds, and from `garbage`. */
export async function misbehave(instruction: FakeInstruction): Promise<void> {
  switch (instruction.verb) {
    case 'slow':
    case 'hear':
      return;
    case 'hang':
      // Native code that never comes back: the event loop is blocked too.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      return;
    case 'hang-async':
      await new Promise(() => setInterval(() => undefined, 1 << 30));
      return;
    case 'segv':
      process.kill(process.pid, 'SIGSEGV');
      await new Promise(() => undefined);
      return;
    case 'abort':
      process.abort();
    // eslint-disable-next-line no-fallthrough -- abort does not return
    case 'exit':
      process.exit(3);
    // eslint-disable-next-line no-fallthrough -- exit does not return
    case 'garbage':
      writeSync(PROTOCOL_FILE_DESCRIPTOR, Buffer.alloc(4096, 0xa5));
      return;
    case 'out-of-memory':
      fillMemory();
      return;
    case 'error':
      throw new BackendError(instruction.code ?? 'inference-failed', 'Scripted failure: a code of its own.', {
        retry: 'never',
        details: { scripted: true },
      });
    case 'error-here':
      throw new BackendError('inference-failed', 'Scripted failure: try again here.', { retry: 'here' });
    case 'error-elsewhere':
      throw new BackendError('inference-failed', 'Scripted failure: try another backend.', { retry: 'elsewhere' });
    case 'error-never':
      throw new BackendError('request-unsupported', 'Scripted failure: do not try again.', { retry: 'never' });
  }
}

function fillMemory(): void {
  const held: Buffer[] = [];
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (held.length * ALLOCATION_BYTES < ALLOCATED_BYTES_MAX) {
    // Filled with something, or the kernel would not really give the pages.
    held.push(Buffer.alloc(ALLOCATION_BYTES, held.length + 1));
    Atomics.wait(pause, 0, 0, ALLOCATION_MILLISECONDS);
  }
  throw new BackendError('out-of-memory', 'The scripted allocation was not stopped by anybody.', {
    retry: 'elsewhere',
  });
}
