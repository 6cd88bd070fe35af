import type { Client, Model } from '@voice-transcriber/client';
import { formatBytes, paint } from '../terminal/style.js';

/** A table for people, or everything as JSON. */
export async function listModels(
  client: Client,
  { json, installedOnly }: { json: boolean; installedOnly: boolean },
): Promise<void> {
  const models = (await client.models.list()).filter(({ installed }) => installed || !installedOnly);
  if (json) {
    console.log(JSON.stringify(models, undefined, 2));
    return;
  }
  const rows = [['MODEL', 'FILE', 'MEMORY', 'LANGUAGES', 'STATE'], ...models.map(toRow)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  rows.forEach((row, index) => {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd();
    console.log(index === 0 ? paint('bold', line) : line);
  });
}

function toRow(model: Model): string[] {
  return [
    model.name,
    formatBytes(model.fileBytes),
    formatBytes(model.memoryBytesNeeded),
    model.languages.includes('*') ? 'all' : model.languages.join(', '),
    stateOf(model),
  ];
}

function stateOf({ installed, embedded, default: isDefault, pull, loadedOn }: Model): string {
  if (!installed) {
    if (pull?.state === 'RUNNING' || pull?.state === 'QUEUED') {
      return `being pulled, ${Math.floor((100 * pull.bytesDone) / pull.bytesTotal)} %`;
    }
    return pull?.state === 'FAILED' ? `not installed (last pull: ${pull.error?.code ?? 'failed'})` : '';
  }
  const hosts = new Set(loadedOn.map(({ backend, worker }) => `${backend} on ${worker.host}`));
  return [
    embedded ? 'embedded' : 'installed',
    ...(isDefault ? ['default'] : []),
    ...(hosts.size > 0 ? [`loaded (${[...hosts].join(', ')})`] : []),
  ].join(', ');
}
