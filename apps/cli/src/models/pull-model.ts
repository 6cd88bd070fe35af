import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ModelPull } from '@voice-transcriber/client';
import { CliError } from '../cli-error.js';
import { pullText } from '../terminal/progress-text.js';
import { createStatusLine } from '../terminal/status-line.js';
import { formatBytes } from '../terminal/style.js';

const LOOK_MILLISECONDS = 500;

/** Begins or joins a pull and shows it until its end. Throws CliError when it fails; the server goes on when this process ends. */
export async function pullModel(
  client: Client,
  name: string,
  { json, wait }: { json: boolean; wait: boolean },
): Promise<void> {
  const begun = await client.models.pull(name);
  const pull = wait ? await follow(client, begun) : begun;
  if (json) console.log(JSON.stringify(pull, undefined, 2));
  if (pull.state === 'FAILED') throw new CliError(pull.error?.message ?? `The pull of ${name} failed.`);
  if (pull.state === 'CANCELLED') throw new CliError(`The pull of ${name} was cancelled.`);
  if (!json) {
    console.log(
      wait ? `${name} is installed (${formatBytes(pull.bytesTotal)}, checksum verified).` : `${name} is being pulled.`,
    );
  }
}

async function follow(client: Client, begun: ModelPull): Promise<ModelPull> {
  const status = createStatusLine(process.stderr);
  try {
    for (let pull = begun; ; ) {
      if (pull.state !== 'QUEUED' && pull.state !== 'RUNNING') return pull;
      status.show(pullText(pull), pull.state);
      await delay(LOOK_MILLISECONDS);
      const now = await client.models.pullState(pull.id);
      if (now === undefined) throw new CliError('The pull has vanished from the server. Pull again.');
      pull = now;
    }
  } finally {
    status.clear();
  }
}

/** Ends whatever pull of the model there is. */
export async function cancelPull(client: Client, name: string, { json }: { json: boolean }): Promise<void> {
  const pull = (await client.models.list()).find((model) => model.name === name)?.pull;
  if (pull === undefined || pull === null) throw new CliError(`"${name}" is not being pulled.`);
  const cancelled = await client.models.cancelPull(pull.id);
  console.log(json ? JSON.stringify(cancelled, undefined, 2) : `The pull of ${name} is cancelled.`);
}
