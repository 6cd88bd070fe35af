import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { AudioError } from './audio-error.js';
import { carryOutOrder } from './prepare-order.js';
import { encodePrepareMessage, type PrepareMessage, type PrepareOrder } from './prepare-messages.js';

/** Entry of the prepare process: one order on standard input, messages on descriptor 3. It ends with its parent: standard input closes then. */

const PROGRESS_MILLISECONDS_MIN = 250;
const MESSAGE_DESCRIPTOR = 3;

const messages = createWriteStream('', { fd: MESSAGE_DESCRIPTOR });
messages.on('error', () => process.exit(1));
const abort = new AbortController();

async function send(message: PrepareMessage): Promise<void> {
  await new Promise<void>((sent) => messages.write(encodePrepareMessage(message), () => sent()));
}

function createProgressSender(): (decodedSeconds: number) => void {
  let sentAt = 0;
  return (decodedSeconds) => {
    const now = performance.now();
    if (now - sentAt < PROGRESS_MILLISECONDS_MIN) return;
    sentAt = now;
    void send({ type: 'progress', decodedSeconds });
  };
}

async function carryOut(line: string): Promise<void> {
  // The parent is this program's own other half: it validated what it wrote.
  const order = JSON.parse(line) as PrepareOrder;
  try {
    const prepared = await carryOutOrder(order, { signal: abort.signal, onProgress: createProgressSender() });
    await send({ type: 'done', prepared });
  } catch (error) {
    const failure = error instanceof AudioError ? error : new AudioError('prepare-failed', String(error));
    await send({ type: 'failed', error: failure });
  }
  process.exit(0);
}

const input = createInterface({ input: process.stdin });
input.once('line', (line) => void carryOut(line));
input.once('close', () => {
  abort.abort(new AudioError('prepare-aborted', 'The preparation was stopped.'));
  // ffmpeg gets its signal in the abort's listeners; nothing else is worth waiting for.
  setTimeout(() => process.exit(1), 200);
});
