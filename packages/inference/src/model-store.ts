import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BackendError, type ModelFiles, type ModelManifest } from '@voice-transcriber/backend-sdk';
import { MODEL_CATALOGUE } from './model-catalogue.js';
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

/** A store of checkpoints: each directory holds official files (`ggml-NAME.bin`) and, for others, a `manifest.json` that describes them. */
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
    if (model === undefined || state === undefined) throw missing(name, directories);
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
  const manifestText = names.includes('manifest.json')
    ? await readFile(path.join(directory, 'manifest.json'), 'utf8')
    : undefined;
  const described = manifestText === undefined ? [] : parseModelDirectory(manifestText);
  const models = described
    .filter(({ file }) => names.includes(file))
    .map(({ file, ...manifest }) => ({ manifest, path: path.resolve(directory, file) }));
  const describedFiles = new Set(described.map(({ file }) => file));
  const official = await Promise.all(
    names.filter((name) => !describedFiles.has(name)).map((name) => describeOfficialFile(directory, name)),
  );
  return [...models, ...official.flatMap((model) => model ?? [])];
}

/** A file that only has the publisher's name is known by the catalogue. Its sha256 stays empty until the file has been read. */
async function describeOfficialFile(directory: string, fileName: string): Promise<InstalledModel | undefined> {
  const name = /^ggml-(.+)\.bin$/.exec(fileName)?.[1];
  const known = MODEL_CATALOGUE.find((model) => model.name === name);
  if (known === undefined) return undefined;
  const file = path.resolve(directory, fileName);
  const manifest: ModelManifest = {
    name: known.name,
    size: known.size,
    format: 'ggml',
    quantization: known.quantization,
    languages: known.languages,
    fileBytes: (await stat(file)).size,
    sha256: known.sha256 ?? '',
    licence: 'MIT',
    origin: 'https://huggingface.co/ggerganov/whisper.cpp',
  };
  return { manifest, path: file };
}

async function checkFile({ manifest, path: file }: InstalledModel, fileBytes: number): Promise<ModelManifest> {
  if (fileBytes !== manifest.fileBytes) throw corrupt(manifest.name, file, `${fileBytes} bytes long`);
  const sha256 = createHash('sha256');
  const sha1 = createHash('sha1');
  const needsSha1 = manifest.sha256 === '';
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    sha256.update(chunk as Buffer);
    if (needsSha1) sha1.update(chunk as Buffer);
  }
  const digest = sha256.digest('hex');
  const isGood = needsSha1
    ? sha1.digest('hex') === MODEL_CATALOGUE.find(({ name }) => name === manifest.name)?.sha1
    : digest === manifest.sha256;
  if (!isGood) throw corrupt(manifest.name, file, 'not what its checksum promises');
  return { ...manifest, sha256: digest };
}

function missing(name: string, directories: readonly string[]): BackendError {
  return new BackendError(
    'model-missing',
    `The model "${name}" is not installed. Put its file (for an official model: ggml-${name}.bin) into ${directories.at(-1) ?? 'the models directory'}, or choose an installed model.`,
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
