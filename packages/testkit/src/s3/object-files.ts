import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { S3Refusal } from './s3-refusal.js';

const PART_BYTES_MIN = 5 * 1024 * 1024;

export interface StoredObject {
  readonly key: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

export type ObjectFiles = ReturnType<typeof createObjectFiles>;

/** Objects and parts of unfinished uploads as files. */
export function createObjectFiles(directory: string) {
  const objectPath = (key: string): string => {
    if (key.split('/').some((part) => part === '' || part.startsWith('..'))) {
      throw new S3Refusal(400, 'InvalidURI', 'Keys are relative paths here.');
    }
    return join(directory, 'objects', key);
  };
  const uploadPath = (id: string): string => join(directory, 'uploads', id.replace(/[^a-z0-9-]/g, ''));

  /** What arrives whole, and with the hash that it was announced with, gets its name. */
  async function receive(body: Readable, path: string, expectedSha256: string | undefined): Promise<void> {
    const part = join(directory, `part-${randomUUID()}`);
    const hash = createHash('sha256');
    body.on('data', (chunk: Buffer) => hash.update(chunk));
    try {
      await pipeline(body, createWriteStream(part));
      if (expectedSha256 !== undefined && hash.digest('hex') !== expectedSha256) {
        throw new S3Refusal(400, 'XAmzContentSHA256Mismatch', 'The content is not what was signed.');
      }
      await mkdir(dirname(path), { recursive: true });
      await rename(part, path);
    } finally {
      await rm(part, { force: true });
    }
  }

  async function find(key: string): Promise<StoredObject | undefined> {
    const path = objectPath(key);
    const facts = await stat(path).catch(() => undefined);
    return facts?.isFile() === true ? { key, path, sizeBytes: facts.size, modifiedAt: facts.mtime } : undefined;
  }

  return {
    find,
    put: (key: string, body: Readable, sha256: string | undefined) => receive(body, objectPath(key), sha256),
    delete: (key: string) => rm(objectPath(key), { force: true }),
    async list(prefix: string): Promise<StoredObject[]> {
      const root = join(directory, 'objects');
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const keys = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .filter((key) => key.startsWith(prefix));
      const found = await Promise.all(keys.sort().map(find));
      return found.filter((object) => object !== undefined);
    },
    async beginUpload(key: string): Promise<string> {
      const id = randomUUID();
      await mkdir(uploadPath(id), { recursive: true });
      await writeFile(join(uploadPath(id), 'key'), key);
      return id;
    },
    async uploads(): Promise<{ id: string; key: string; begunAt: Date }[]> {
      const ids = await readdir(join(directory, 'uploads')).catch(() => []);
      return Promise.all(
        ids.map(async (id) => {
          const file = join(uploadPath(id), 'key');
          return { id, key: await readFile(file, 'utf8'), begunAt: (await stat(file)).mtime };
        }),
      );
    },
    putPart: (id: string, number: number, body: Readable, sha256: string | undefined) =>
      receive(body, join(uploadPath(id), `part-${String(number)}`), sha256),
    abortUpload: (id: string) => rm(uploadPath(id), { recursive: true, force: true }),
    async finishUpload(id: string, key: string, numbers: readonly number[]): Promise<void> {
      const paths = numbers.map((number) => join(uploadPath(id), `part-${String(number)}`));
      const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
      if (sizes.slice(0, -1).some((size) => size < PART_BYTES_MIN)) {
        throw new S3Refusal(400, 'EntityTooSmall', 'A part other than the last is smaller than 5 MiB.');
      }
      const whole = join(uploadPath(id), 'whole');
      for (const path of paths) await pipeline(createReadStream(path), createWriteStream(whole, { flags: 'a' }));
      await mkdir(dirname(objectPath(key)), { recursive: true });
      await rename(whole, objectPath(key));
      await rm(uploadPath(id), { recursive: true, force: true });
    },
  };
}
