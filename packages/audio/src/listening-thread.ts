import { parentPort, workerData } from 'node:worker_threads';
import { createAttentiveListener } from './attentive-listener.js';
import { AudioError } from './audio-error.js';
import type { FromListening, ToListening } from './threaded-listener.js';
import { loadVoiceActivityModel } from './voice-activity.js';

/** Entry of the thread that judges sound. Calls into the model block the thread that makes them: here the next samples are decoded meanwhile. */
const port = parentPort;
if (port === null) throw new Error('Listening runs as a worker thread.');

type Sound = Exclude<ToListening, { type: 'close' }>;

const model = loadVoiceActivityModel(workerData as string);
const listener = model.then(createAttentiveListener);
// A failure is told in answer to the first samples.
listener.catch(() => undefined);

async function hear(message: Sound): Promise<FromListening> {
  const probabilities: number[] = [];
  const collect = (probability: number): void => void probabilities.push(probability);
  try {
    const ear = await listener;
    if (message.type === 'finish') {
      await ear.finish(collect);
      return { type: 'heard', probabilities };
    }
    const { samples, count } = message;
    await ear.push(samples.subarray(0, count), collect);
    return { type: 'heard', probabilities, samples };
  } catch (error) {
    const failure = error instanceof AudioError ? error : new AudioError('prepare-failed', String(error));
    return { type: 'failed', error: failure.toJSON() };
  }
}

async function answer(message: Sound): Promise<void> {
  const heard = await hear(message);
  const isBack = heard.type === 'heard' && heard.samples !== undefined;
  port?.postMessage(heard, isBack ? [heard.samples.buffer as ArrayBuffer] : []);
}

async function close(): Promise<void> {
  const loaded = await model.catch(() => undefined);
  await loaded?.dispose();
  port?.close();
}

let last = Promise.resolve();
port.on('message', (message: ToListening) => {
  last = last.then(() => (message.type === 'close' ? close() : answer(message)));
});
