import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RememberedUpload, ResumeStore } from '../resume-store.js';

/**
 * Remembers uploads in a directory of its own, one small file for each, so that a process that is started again goes on where the last one was killed. A file is
 * there whole or not at all, whenever the process dies, and several processes may share the directory.
 */
export function createFileResumeStore(directory: string): ResumeStore {
  const list = async (prefix: string): Promise<RememberedUpload[]> => {
    const names = await readdir(directory).catch(() => []);
    const found = await Promise.all(
      names.filter((name) => name.startsWith(prefix) && name.endsWith('.json')).map((name) => read(directory, name)),
    );
    return found.filter((upload) => upload !== undefined);
  };
  return {
    findAllUploads: () => list(''),
    findUploadsByFingerprint: (fingerprint) => list(nameOf(fingerprint)),
    async removeUpload(name) {
      await rm(join(directory, name), { force: true });
    },
    async addUpload(fingerprint, upload) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const name = `${nameOf(fingerprint)}-${randomUUID()}.json`;
      const part = join(directory, `${name}.part`);
      await writeFile(part, JSON.stringify(upload), { mode: 0o600 });
      await rename(part, join(directory, name));
      return name;
    },
  };
}

function nameOf(fingerprint: string): string {
  return createHash('sha256').update(fingerprint).digest('hex').slice(0, 32);
}

/** Undefined when another process removed it meanwhile, or when it is not ours. */
async function read(directory: string, name: string): Promise<RememberedUpload | undefined> {
  try {
    const upload = JSON.parse(await readFile(join(directory, name), 'utf8')) as RememberedUpload;
    return { ...upload, urlStorageKey: name };
  } catch {
    return undefined;
  }
}
