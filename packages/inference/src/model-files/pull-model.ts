import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ModelManifest } from '@voice-transcriber/backend-sdk';
import { manifestOfOfficial, MODEL_CATALOGUE, type CatalogueModel } from '../model-catalogue.js';
import { downloadPart, MirrorBusyError } from './download-part.js';
import { hashFile } from './hash-file.js';
import { installFile } from './model-manifest-file.js';
import { ModelStoreError, toStorageError } from './model-store-error.js';
import { freeBytesOf, PartFile, removeJournal } from './part-file.js';

export interface PullProgress {
  readonly step: 'downloading' | 'verifying';
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** How patient a pull is. */
export interface PullPatience {
  readonly answerSecondsMax: number;
  readonly stallSecondsMax: number;
  /** Failures in a row between which less than a mebibyte arrived. */
  readonly failuresMax: number;
  /** Doubles with each failure in a row, up to half a minute. */
  readonly pauseSecondsFirst: number;
}

export interface PullOptions {
  /** An official model, by its name in the catalogue. */
  readonly model: CatalogueModel;
  readonly directory: string;
  /** Base address; the file is `MIRROR/ggml-NAME.bin`. */
  readonly mirror: string;
  /** No requests leave the machine. */
  readonly offline: boolean;
  /** Names the writer: callers see to it that no two that may live at once share one, and that one model has one writer. */
  readonly owner: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: PullProgress) => void;
  readonly patience?: Partial<PullPatience>;
}

const PATIENCE: PullPatience = { answerSecondsMax: 30, stallSecondsMax: 30, failuresMax: 6, pauseSecondsFirst: 1 };
const PAUSE_SECONDS_MAX = 30;
const PROGRESS_BYTES_MIN = 1024 * 1024;

/** The catalogue's entry. Throws ModelStoreError `model-unknown`. */
export function getOfficialModel(name: string): CatalogueModel {
  const model = MODEL_CATALOGUE.find((candidate) => candidate.name === name);
  if (model !== undefined) return model;
  throw new ModelStoreError(
    'model-unknown',
    `"${name}" is no official model, so there is no checksum to check a download against. Choose one of the catalogue (vt models list), or import a file.`,
  );
}

/**
 * Fetches an official model and installs it once its checksum is right. Goes on where an earlier pull stopped, in this process or another.
 * Throws ModelStoreError, or the signal's reason; what was fetched is then kept for the next try.
 */
export async function pullModel(options: PullOptions): Promise<{ manifest: ModelManifest; path: string }> {
  const { model, directory, owner, signal } = options;
  const address = addressOf(options);
  try {
    await mkdir(directory, { recursive: true });
    const part = await PartFile.adopt({ directory, model: model.name, sha1: model.sha1, owner });
    try {
      await assertRoom(directory, model, part);
      const sha256 = await fetchWhole(part, address, options);
      signal.throwIfAborted();
      await part.close();
      const manifest = manifestOfOfficial(model, sha256);
      const path = await installFile(part.path, { manifest, directory, file: `ggml-${model.name}.bin` });
      await removeJournal(part.path);
      return { manifest, path };
    } finally {
      await part.close();
    }
  } catch (error) {
    throw toStorageError(error, directory);
  }
}

function addressOf({ model, mirror, offline }: PullOptions): URL {
  const address = new URL(`${mirror.replace(/\/+$/, '')}/ggml-${model.name}.bin`);
  if (!offline) return address;
  throw new ModelStoreError(
    'models-offline',
    `MODELS_OFFLINE forbids downloads. Fetch ${address.href} on another machine and import it (vt models import ggml-${model.name}.bin), or set MODELS_OFFLINE=False.`,
  );
}

async function assertRoom(directory: string, model: CatalogueModel, part: PartFile): Promise<void> {
  const missingBytes = model.fileBytes - part.bytes;
  const freeBytes = await freeBytesOf(directory);
  if (freeBytes >= missingBytes) return;
  throw new ModelStoreError(
    'disk-full',
    `The model ${model.name} needs ${mebibytes(missingBytes)} more and ${directory} has ${mebibytes(freeBytes)} to give. Free some space or set MODELS_DIR to another disk, then pull again.`,
    { retry: 'later' },
  );
}

/** Until the checksum is right; returns the sha256. A file put together from several answers gets a second chance from zero. */
async function fetchWhole(part: PartFile, address: URL, options: PullOptions): Promise<string> {
  const { model, signal, onProgress } = options;
  const report = (step: PullProgress['step'], bytesDone: number): void =>
    onProgress?.({ step, bytesDone, bytesTotal: model.fileBytes });
  for (;;) {
    report('downloading', part.bytes);
    await fetchPersistently(part, address, options, (bytesDone) => report('downloading', bytesDone));
    report('verifying', part.bytes);
    const { sha1, sha256 } = await hashFile(part.path, { signal });
    if (sha1 === model.sha1 && sha256 === (model.sha256 ?? sha256)) return sha256;
    const { resumed } = part;
    await part.restart({});
    if (!resumed) {
      throw new ModelStoreError(
        'checksum-mismatch',
        `${address.href} is not the official file: its checksum differs. It was removed. Set MODEL_MIRROR to a mirror that you trust, then pull again.`,
      );
    }
  }
}

async function fetchPersistently(
  part: PartFile,
  address: URL,
  { model, signal, patience }: PullOptions,
  onBytes: (bytesDone: number) => void,
): Promise<void> {
  const { failuresMax, pauseSecondsFirst, ...limits } = { ...PATIENCE, ...patience };
  let failures = 0;
  let bytesBefore = part.bytes;
  while (part.bytes < model.fileBytes) {
    try {
      await downloadPart(part, { address, fileBytes: model.fileBytes, signal, onBytes, ...limits });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!mayRepeat(error)) throw await discarded(part, error);
      failures = part.bytes - bytesBefore >= PROGRESS_BYTES_MIN ? 1 : failures + 1;
      bytesBefore = part.bytes;
      if (failures >= failuresMax) throw unreachable(address, error);
      const pauseSeconds = Math.min(pauseSecondsFirst * 2 ** (failures - 1), PAUSE_SECONDS_MAX);
      const askedSeconds = error instanceof MirrorBusyError ? (error.retryAfterSeconds ?? 0) : 0;
      await pause(Math.min(Math.max(pauseSeconds, askedSeconds), PAUSE_SECONDS_MAX), signal);
    }
  }
}

/** Everything but a final word about the mirror or the disk. */
function mayRepeat(error: unknown): boolean {
  if (error instanceof ModelStoreError) return error.retry === 'later';
  return toStorageError(error, '') === error;
}

/** What a wrong file's beginning would be good for: nothing. */
async function discarded(part: PartFile, error: unknown): Promise<unknown> {
  if (error instanceof ModelStoreError && error.code === 'mirror-answer-wrong') await part.restart({});
  return error;
}

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await delay(seconds * 1000, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

function unreachable(address: URL, cause: unknown): ModelStoreError {
  if (cause instanceof ModelStoreError) return cause;
  return new ModelStoreError(
    'mirror-unreachable',
    `${address.href} could not be fetched: ${innermostMessage(cause)}. Check the network and MODEL_MIRROR and pull again; it goes on where it stopped. Without a network, import the file (vt models import FILE).`,
    { retry: 'later', cause },
  );
}

/** fetch hides the system's words in causes of causes. */
function innermostMessage(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  const { code, message } = (current ?? {}) as NodeJS.ErrnoException;
  return code !== undefined && message !== undefined && !message.includes(code)
    ? `${message} (${code})`
    : (message ?? String(error));
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
