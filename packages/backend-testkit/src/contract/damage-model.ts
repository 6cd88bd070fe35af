import { copyFile, open, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelFiles } from '@voice-transcriber/backend-sdk';

/** Ways in which a model file is not what it should be. */
export const DAMAGES = [
  'empty',
  'torn in its header',
  'torn in its vocabulary',
  'torn in the middle of its weights',
  'torn before its last byte',
  'without its first four bytes as they should be',
  'a picture',
  'noise',
] as const;
export type Damage = (typeof DAMAGES)[number];

const HEADER_BYTES = 20;
/** Inside the vocabulary of a Whisper checkpoint: it follows 48 bytes of numbers and 64 or 103 kB of filters. */
const VOCABULARY_AT_BYTES = 300_000;
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

/** Writes a damaged copy of a model. The manifest still tells the size of the whole file, unless it is to follow the damage. */
export async function damageModel(
  { manifest, path: source }: ModelFiles,
  directory: string,
  { damage, isManifestTrue }: { damage: Damage; isManifestTrue: boolean },
): Promise<ModelFiles> {
  const file = path.join(directory, `${damage.replaceAll(' ', '-')}.bin`);
  const { size } = await stat(source);
  if (damage === 'a picture') await writeFile(file, PICTURE);
  else if (damage === 'noise') await writeFile(file, Buffer.alloc(Math.min(size, 2_000_000), 0x5a));
  else await copyFile(source, file);
  const keptBytes = keptBytesOf(damage, size);
  if (keptBytes !== undefined) await truncate(file, keptBytes);
  if (damage === 'without its first four bytes as they should be') await overwriteStart(file);
  return { path: file, manifest: isManifestTrue ? { ...manifest, fileBytes: (await stat(file)).size } : manifest };
}

function keptBytesOf(damage: Damage, size: number): number | undefined {
  switch (damage) {
    case 'empty':
      return 0;
    case 'torn in its header':
      return Math.min(HEADER_BYTES, Math.floor(size / 20));
    case 'torn in its vocabulary':
      return Math.min(VOCABULARY_AT_BYTES, Math.floor(size / 10));
    case 'torn in the middle of its weights':
      return Math.floor(size * 0.6);
    case 'torn before its last byte':
      return size - 1;
    case 'without its first four bytes as they should be':
    case 'a picture':
    case 'noise':
      return undefined;
  }
}

async function overwriteStart(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.write(Buffer.from('GGUF'), 0, 4, 0);
  } finally {
    await handle.close();
  }
}
