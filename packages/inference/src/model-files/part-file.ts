import { constants } from 'node:fs';
import { copyFile, open, readdir, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { writeDurably } from './model-manifest-file.js';
import { readPartJournal, type PartJournal, type Validator } from './part-journal.js';

/** What a killed process may have to fetch again: this many bytes, or what came in this time. */
const DURABLE_BYTES_STEP = 16 * 1024 * 1024;
const DURABLE_MILLISECONDS_STEP = 1000;
/** Left free for the database and the work files. */
const DISK_RESERVE_BYTES = 64 * 1024 * 1024;

export interface PartFileOptions {
  readonly directory: string;
  readonly model: string;
  readonly sha1: string;
  /** Who writes; no two that may live at the same time share one. Letters, digits and hyphens. */
  readonly owner: string;
}

/**
 * A file that is being fetched, under a name of its writer's own.
 *
 * Whoever continues for another writer works on a copy: the other one may only seem to be dead, and what it still writes then ends in a file
 * that has no name any more.
 */
export class PartFile {
  readonly path: string;
  readonly #journalPath: string;
  readonly #handle: FileHandle;
  readonly #sha1: string;
  #validator: Validator = {};
  #resumed = false;
  #bytes = 0;
  #durableBytes = 0;
  #durableAt = performance.now();

  private constructor(partPath: string, handle: FileHandle, sha1: string) {
    this.path = partPath;
    this.#journalPath = journalOf(partPath);
    this.#handle = handle;
    this.#sha1 = sha1;
  }

  /** Opens the writer's part, with whatever an earlier one of the same file left; other parts of the model are gone then. */
  static async adopt({ directory, model, sha1, owner }: PartFileOptions): Promise<PartFile> {
    const own = path.join(directory, `${prefixOf(model)}${owner}.part`);
    const others = (await listParts(directory, model)).filter((other) => other !== own);
    const journal = (await readPartJournal(journalOf(own))) ?? (await copyBest(others, own, sha1));
    for (const other of others) await removePart(other);
    const part = new PartFile(own, await open(own, constants.O_RDWR | constants.O_CREAT), sha1);
    try {
      await part.#continueFrom(journal?.sha1 === sha1 ? journal : undefined);
    } catch (error) {
      await part.close();
      throw error;
    }
    return part;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get validator(): Validator {
    return this.#validator;
  }

  get resumed(): boolean {
    return this.#resumed;
  }

  /** Empties the file: what comes next is the beginning of this version. */
  async restart(validator: Validator): Promise<void> {
    this.#validator = validator;
    this.#resumed = false;
    this.#bytes = 0;
    await this.#handle.truncate(0);
    await this.sync();
  }

  async write(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await this.#handle.write(bytes, written, bytes.length - written, this.#bytes + written);
      written += bytesWritten;
    }
    this.#bytes += bytes.length;
    const isDue =
      this.#bytes - this.#durableBytes >= DURABLE_BYTES_STEP ||
      performance.now() - this.#durableAt >= DURABLE_MILLISECONDS_STEP;
    if (isDue) await this.sync();
  }

  /** What comes next is the answer to another request. */
  noteResumed(): void {
    this.#resumed = this.#bytes > 0;
  }

  /** Everything so far survives a power failure. */
  async sync(): Promise<void> {
    await this.#handle.datasync();
    this.#durableBytes = this.#bytes;
    this.#durableAt = performance.now();
    const journal: PartJournal = {
      version: 1,
      sha1: this.#sha1,
      validator: this.#validator,
      durableBytes: this.#durableBytes,
      resumed: this.#resumed,
    };
    await writeDurably(this.#journalPath, JSON.stringify(journal));
  }

  /** What was fetched stays, for whoever goes on; an empty file does not. Idempotent. */
  async close(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    if (this.#bytes === 0) await removePart(this.path);
  }

  async #continueFrom(journal: PartJournal | undefined): Promise<void> {
    const { size } = await this.#handle.stat();
    this.#bytes = journal === undefined ? 0 : Math.min(size, journal.durableBytes);
    this.#durableBytes = this.#bytes;
    this.#validator = journal?.validator ?? {};
    this.#resumed = this.#bytes > 0;
    if (size > this.#bytes) await this.#handle.truncate(this.#bytes);
  }
}

/** Takes the journal away from a part that has got its final name. */
export async function removeJournal(partPath: string): Promise<void> {
  await rm(journalOf(partPath), { force: true });
}

/** Whatever pulls of a model left behind. Only for a model that nobody pulls. */
export async function removeParts(directory: string, model: string): Promise<void> {
  await removeStartingWith(directory, prefixOf(model));
}

export async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return Math.max(0, bavail * bsize - DISK_RESERVE_BYTES);
}

/** The longest part of this very file, copied; undefined when there is none, or no room for a copy. */
async function copyBest(parts: readonly string[], own: string, sha1: string): Promise<PartJournal | undefined> {
  const found = await Promise.all(
    parts.map(async (part) => ({ part, journal: await readPartJournal(journalOf(part)) })),
  );
  const [best] = found
    .flatMap(({ part, journal }) => (journal?.sha1 === sha1 && journal.durableBytes > 0 ? [{ part, journal }] : []))
    .sort((one, other) => other.journal.durableBytes - one.journal.durableBytes);
  if (best === undefined) return undefined;
  const { size } = await stat(best.part);
  if ((await freeBytesOf(path.dirname(own))) < size) return undefined;
  await copyFile(best.part, own, constants.COPYFILE_FICLONE);
  await writeDurably(journalOf(own), JSON.stringify(best.journal));
  return best.journal;
}

async function listParts(directory: string, model: string): Promise<string[]> {
  const prefix = prefixOf(model);
  return (await readdir(directory))
    .filter((name) => name.startsWith(prefix) && name.endsWith('.part'))
    .map((name) => path.join(directory, name));
}

/** With its journal, and a journal that was being written. */
async function removePart(part: string): Promise<void> {
  await removeStartingWith(path.dirname(part), path.basename(part));
}

/** No directory, nothing to remove. */
async function removeStartingWith(directory: string, prefix: string): Promise<void> {
  const names = await readdir(directory).catch(() => [] as string[]);
  for (const name of names) if (name.startsWith(prefix)) await rm(path.join(directory, name), { force: true });
}

/** `@` is in no name of a model, so no model's parts are taken for another's. */
function prefixOf(model: string): string {
  return `.pull-${model}@`;
}

function journalOf(part: string): string {
  return `${part}.journal`;
}
