import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BackendError, type ModelFiles, type ModelManifest } from '@voice-transcriber/backend-sdk';
import { manifestOfOfficial, MODEL_CATALOGUE } from './model-catalogue.js';
import { hashFile } from './model-files/hash-file.js';
import { parseModelDirectory } from './parse-model-directory.js';

/** Where the models that come with the product lie. */
export const EMBEDDED_MODELS_DIRECTORY = fileURLToPath(new URL('../../../models/', import.meta.url));

/** A checkpoint that lies in one of the directories. Its checksum has not been looked at yet. */
export interface InstalledModel {
  readonly manifest: ModelManifest;
  readonly path: string;
}

export interface ModelStore {
  /** Everything installed, first directory first; a name that occurs twice counts once. */
  list(): Promise<InstalledModel[]>;
  find(name: string): Promise<InstalledModel | undefined>;
  /**
   * The files of a model, checked: the checksum is computed once for each state of the file (size and time of change).
   * Throws BackendError `model-missing` or `model-corrupt`.
   */
  require(name: string): Promise<ModelFiles>;
}

const MANIFEST_SUFFIX = '.manifest.json';

/** The description that lies beside a model that was pulled or imported: one file each, so that nobody has to share one. */
export function manifestFileOf(name: string): string {
  return `${name}${MANIFEST_SUFFIX}`;
}

/** Whether a model came with the product. */
export function isEmbedded({ path: file }: InstalledModel): boolean {
  return path.dirname(file) === path.resolve(EMBEDDED_MODELS_DIRECTORY);
}

/**
 * A store of checkpoints: each directory holds official files (`ggml-NAME.bin`) and others that are described, together in a `manifest.json` or
 * each in a `NAME.manifest.json`.
 */
export function createModelStore({ directories }: { directories: readonly string[] }): ModelStore {
  const checked = new Map<string, Promise<ModelManifest>>();

  async function list(): Promise<InstalledModel[]> {
    const found = (await Promise.all(directories.map(listDirectory))).flat();
    const byName = new Map<string, InstalledModel>();
    for (const model of found) if (!byName.has(model.manifest.name)) byName.set(model.manifest.name, model);
    return [...byName.values()];
  }

  async function find(name: string): Promise<InstalledModel | undefined> {
    return (await list()).find(({ manifest }) => manifest.name === name);
  }

  async function require(name: string): Promise<ModelFiles> {
    const model = await find(name);
    const state = model && (await stat(model.path).catch(() => undefined));
    if (model === undefined || state === undefined) throw missing(name);
    const key = `${model.path}\n${state.size}\n${state.mtimeMs}`;
    let check = checked.get(key);
    if (check === undefined) {
      check = checkFile(model, state.size);
      checked.set(key, check);
      // A failed look may have met a file that was still being written.
      check.catch(() => checked.delete(key));
    }
    return { manifest: await check, path: model.path };
  }

  return { list, find, require };
}

async function listDirectory(directory: string): Promise<InstalledModel[]> {
  const names = await readdir(directory).catch(() => [] as string[]);
  const manifests = names.filter((name) => name === 'manifest.json' || name.endsWith(MANIFEST_SUFFIX));
  const texts = await Promise.all(manifests.map((name) => readIfThere(path.join(directory, name))));
  const described = texts.flatMap((text) => (text === undefined ? [] : parseModelDirectory(text)));
  const models = described
    .filter(({ file }) => names.includes(file))
    .map(({ file, ...manifest }) => ({ manifest, path: path.resolve(directory, file) }));
  const describedFiles = new Set(described.map(({ file }) => file));
  const official = await Promise.all(
    names.filter((name) => !describedFiles.has(name)).map((name) => describeOfficialFile(directory, name)),
  );
  return [...models, ...official.flatMap((model) => model ?? [])];
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A file that only has the publisher's name is known by the catalogue. Its sha256 stays empty until the file has been read. */
async function describeOfficialFile(directory: string, fileName: string): Promise<InstalledModel | undefined> {
  const name = /^ggml-(.+)\.bin$/.exec(fileName)?.[1];
  const known = MODEL_CATALOGUE.find((model) => model.name === name);
  if (known === undefined) return undefined;
  const file = path.resolve(directory, fileName);
  // It may have been deleted since the directory was read.
  const facts = await stat(file).catch(() => undefined);
  return facts && { manifest: { ...manifestOfOfficial(known), fileBytes: facts.size }, path: file };
}

async function checkFile({ manifest, path: file }: InstalledModel, fileBytes: number): Promise<ModelManifest> {
  if (fileBytes !== manifest.fileBytes) throw corrupt(manifest.name, file, `${fileBytes} bytes long`);
  const { sha256, sha1 } = await hashFile(file);
  const isGood =
    manifest.sha256 === ''
      ? sha1 === MODEL_CATALOGUE.find(({ name }) => name === manifest.name)?.sha1
      : sha256 === manifest.sha256;
  if (!isGood) throw corrupt(manifest.name, file, 'not what its checksum promises');
  return { ...manifest, sha256 };
}

function missing(name: string): BackendError {
  return new BackendError(
    'model-missing',
    `The model "${name}" is not installed. Pull or import it (vt models), or choose an installed model.`,
    { retry: 'elsewhere', details: { model: name } },
  );
}

function corrupt(name: string, file: string, how: string): BackendError {
  return new BackendError(
    'model-corrupt',
    `The file of the model "${name}" (${file}) is ${how}. Remove it and install the model again.`,
    { retry: 'elsewhere', details: { model: name } },
  );
}
