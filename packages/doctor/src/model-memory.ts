import { MODEL_CATALOGUE, type ModelStore } from '@voice-transcriber/inference';

/** What API, worker, database and console take without any model. */
export const BASE_MEMORY_BYTES = 700e6;
/** For a model of which nothing is known: that of a small one. */
const UNKNOWN_MODEL_BYTES = 1.5e9;

/** What a loaded model takes: the catalogue's estimate, else from the size of its file. */
export async function modelMemoryBytes(store: ModelStore, name: string): Promise<number> {
  const official = MODEL_CATALOGUE.find((model) => model.name === name);
  if (official !== undefined) return official.memoryBytesNeeded;
  const installed = await store.find(name);
  return installed === undefined ? UNKNOWN_MODEL_BYTES : estimateMemoryBytes(installed.manifest);
}

/** For files that the catalogue does not know: weights, and as much again twice for what works on them. */
export function estimateMemoryBytes({
  name,
  fileBytes,
}: {
  readonly name: string;
  readonly fileBytes: number;
}): number {
  return MODEL_CATALOGUE.find((model) => model.name === name)?.memoryBytesNeeded ?? fileBytes * 3;
}
