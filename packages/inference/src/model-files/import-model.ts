import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ModelManifest } from '@voice-transcriber/backend-sdk';
import { manifestOfOfficial, MODEL_CATALOGUE } from '../model-catalogue.js';
import { hashFile, type FileDigests } from './hash-file.js';
import { installFile } from './model-manifest-file.js';
import { ModelStoreError, toStorageError } from './model-store-error.js';
import { GGML_MAGIC, readGgmlFile } from './read-ggml-file.js';

export interface ImportOptions {
  readonly source: AsyncIterable<Uint8Array>;
  /** As the sender calls the file; `ggml-NAME.bin` gives the name when none is asked for. */
  readonly filename: string;
  readonly name?: string | undefined;
  readonly directory: string;
  readonly fileBytesMax: number;
  /** Names that are taken. */
  readonly installedNames: readonly string[];
  readonly signal: AbortSignal;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const PART = /^\.import-[0-9a-f-]{36}\.part$/;
/** A part that nobody wrote to for this long has nobody. */
const STALE_MILLISECONDS = 60 * 60 * 1000;

/**
 * Takes a checkpoint in. What it is comes from its own header; an official file is recognised by its checksum, whatever it is called. A file
 * that is refused leaves nothing behind. Throws ModelStoreError, the signal's reason, or what the source throws.
 */
export async function importModel(options: ImportOptions): Promise<{ manifest: ModelManifest; path: string }> {
  const { directory, signal } = options;
  const part = path.join(directory, `.import-${randomUUID()}.part`);
  try {
    await mkdir(directory, { recursive: true });
    await removeStaleImports(directory);
    await receive(part, options);
    const facts = await readGgmlFile(part);
    const digests = await hashFile(part, { signal });
    const manifest = describe(options, digests, facts);
    assertFree(manifest.name, options);
    const isOfficial = MODEL_CATALOGUE.some(({ name }) => name === manifest.name);
    // Two imports under one name must not mix: the description, which is one file, tells whose content counts.
    const file = isOfficial ? `ggml-${manifest.name}.bin` : `${manifest.name}-${digests.sha256.slice(0, 12)}.bin`;
    return { manifest, path: await installFile(part, { manifest, directory, file }) };
  } catch (error) {
    throw toStorageError(error, directory);
  } finally {
    await rm(part, { force: true });
  }
}

async function receive(part: string, { source, fileBytesMax, signal }: ImportOptions): Promise<void> {
  const handle = await open(part, 'wx');
  try {
    let fileBytes = 0;
    let head = Buffer.alloc(0);
    for await (const bytes of source) {
      signal.throwIfAborted();
      if (head.length < 4) {
        head = Buffer.concat([head, bytes.subarray(0, 4)]);
        if (head.length >= 4 && head.readUInt32LE(0) !== GGML_MAGIC) throw notGgml();
      }
      fileBytes += bytes.length;
      if (fileBytes > fileBytesMax) throw tooLarge(fileBytesMax);
      await handle.writeFile(bytes);
    }
    if (fileBytes === 0) throw notGgml();
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

function describe(
  { name: nameAsked, filename }: ImportOptions,
  { sha1, sha256, sizeBytes }: FileDigests,
  facts: Awaited<ReturnType<typeof readGgmlFile>>,
): ModelManifest {
  const official = MODEL_CATALOGUE.find((model) => model.sha1 === sha1 && model.fileBytes === sizeBytes);
  if (official !== undefined) return manifestOfOfficial(official, sha256);
  const name = nameAsked ?? nameOf(filename);
  if (!NAME.test(name)) {
    throw new ModelStoreError(
      'name-invalid',
      `"${name}" cannot be a model's name. Give one of at most 64 letters, digits, dots, hyphens and underscores.`,
    );
  }
  if (MODEL_CATALOGUE.some((model) => model.name === name)) {
    throw new ModelStoreError(
      'name-reserved',
      `The file is not the official "${name}": its checksum differs. Copy it again if it should be, or import it under a name of its own.`,
    );
  }
  return {
    name,
    size: facts.size,
    format: 'ggml',
    quantization: facts.quantization,
    languages: facts.languages,
    fileBytes: facts.fileBytes,
    sha256,
    licence: 'unknown',
    origin: `imported from ${path.basename(filename)}`,
  };
}

function nameOf(filename: string): string {
  const base = path.basename(filename);
  return /^ggml-(.+)\.bin$/i.exec(base)?.[1] ?? base.replace(/\.[a-z0-9]{1,8}$/i, '');
}

function assertFree(name: string, { installedNames }: ImportOptions): void {
  if (!installedNames.includes(name)) return;
  throw new ModelStoreError(
    'model-installed',
    `A model "${name}" is installed already. Delete it first, or import the file under another name.`,
  );
}

/** What imports left that were killed in the middle. */
async function removeStaleImports(directory: string): Promise<void> {
  for (const name of (await readdir(directory)).filter((entry) => PART.test(entry))) {
    const facts = await stat(path.join(directory, name)).catch(() => undefined);
    if (facts !== undefined && Date.now() - facts.mtimeMs > STALE_MILLISECONDS) {
      await rm(path.join(directory, name), { force: true });
    }
  }
}

function notGgml(): ModelStoreError {
  return new ModelStoreError(
    'file-not-whisper',
    'The file is no Whisper checkpoint in ggml format: it does not begin like one. Import a file such as ggml-base.bin, or convert the model first.',
  );
}

function tooLarge(fileBytesMax: number): ModelStoreError {
  return new ModelStoreError(
    'file-too-large',
    `The file is larger than the ${fileBytesMax} bytes that an imported model may have. Raise MAX_MODEL_FILE_SIZE, or quantize the model.`,
  );
}
