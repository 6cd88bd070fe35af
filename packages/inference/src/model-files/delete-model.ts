import { rm } from 'node:fs/promises';
import path from 'node:path';
import { isEmbedded, manifestFileOf, type InstalledModel } from '../model-store.js';
import { ModelStoreError, toStorageError } from './model-store-error.js';

/**
 * Removes a model's file, then its description. Whoever has it loaded keeps it until its process ends. Throws ModelStoreError `model-embedded`
 * for a model that came with the product, and `directory-unwritable`.
 */
export async function deleteModel(model: InstalledModel): Promise<void> {
  const { name } = model.manifest;
  if (isEmbedded(model)) {
    throw new ModelStoreError(
      'model-embedded',
      `"${name}" comes with the product and stays. Set DEFAULT_MODEL to use another model by default.`,
    );
  }
  const directory = path.dirname(model.path);
  try {
    await rm(model.path, { force: true });
    await rm(path.join(directory, manifestFileOf(name)), { force: true });
  } catch (error) {
    throw toStorageError(error, directory);
  }
}
