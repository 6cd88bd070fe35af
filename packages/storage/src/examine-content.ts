import type { PutOptions } from './storage.js';

/** Carries what `examine` threw past the places that explain failures of the storage. */
export class RefusedContent extends Error {
  override readonly name = 'RefusedContent';
}

export async function examineContent({ examine }: PutOptions, path: string): Promise<void> {
  try {
    await examine?.(path);
  } catch (cause) {
    throw new RefusedContent('The content was refused.', { cause });
  }
}
