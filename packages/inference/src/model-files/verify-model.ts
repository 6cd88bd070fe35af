import { MODEL_CATALOGUE } from '../model-catalogue.js';
import type { InstalledModel } from '../model-store.js';
import { hashFile } from './hash-file.js';

export interface ModelVerification {
  readonly intact: boolean;
  /** What the file has. */
  readonly sha256: string;
  readonly fileBytes: number;
  /** Whether it is, byte for byte, the official file of its name. */
  readonly official: boolean;
  /** Wall seconds that reading it took. */
  readonly seconds: number;
}

/** Reads a model's file from beginning to end and compares it with what was promised. Rejects when it cannot be read. */
export async function verifyModel(
  { manifest, path }: InstalledModel,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ModelVerification> {
  const startedAt = performance.now();
  const { sha256, sha1, sizeBytes } = await hashFile(path, signal === undefined ? {} : { signal });
  const known = MODEL_CATALOGUE.find(({ name }) => name === manifest.name);
  const official = known !== undefined && known.sha1 === sha1 && (known.sha256 ?? sha256) === sha256;
  return {
    intact: official || (manifest.sha256 === sha256 && manifest.fileBytes === sizeBytes),
    sha256,
    fileBytes: sizeBytes,
    official,
    seconds: (performance.now() - startedAt) / 1000,
  };
}
