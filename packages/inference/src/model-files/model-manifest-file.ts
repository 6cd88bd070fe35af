import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ModelManifest } from '@voice-transcriber/backend-sdk';
import { manifestFileOf } from '../model-store.js';

/**
 * Gives a finished file its name, with its description beside it, and makes both survive a power failure.
 *
 * The description comes first: without its model it means nothing, while a model without it would be taken for something else.
 */
export async function installFile(
  partPath: string,
  { manifest, directory, file }: { manifest: ModelManifest; directory: string; file: string },
): Promise<string> {
  const finalPath = path.join(directory, file);
  await writeDurably(
    path.join(directory, manifestFileOf(manifest.name)),
    JSON.stringify({ models: [{ ...manifest, file }] }, undefined, 2),
  );
  await rename(partPath, finalPath);
  await syncDirectory(directory);
  return finalPath;
}

/** Whole or not at all, also after a power failure. */
export async function writeDurably(target: string, text: string): Promise<void> {
  const part = `${target}.${randomUUID()}.tmp`;
  try {
    const handle = await open(part, 'w');
    try {
      await handle.writeFile(text);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
