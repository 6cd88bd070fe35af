import { countOpenTranscriptionsOf, listModelPulls, listWorkers } from '@voice-transcriber/db';
import { deleteModel, ModelStoreError } from '@voice-transcriber/inference';
import { unloadModel } from '@voice-transcriber/jobs';
import type { Services } from '../graphql/context.js';
import { PAGE_SIZE_MAX } from '../graphql/page-size.js';

/** Deletes a model that nothing needs. Throws ModelStoreError `model-missing`, `model-in-use` and those of `deleteModel`. */
export async function removeModel({ modelStore, config, db }: Services, name: string): Promise<void> {
  const model = await modelStore.find(name);
  if (model === undefined) {
    throw new ModelStoreError(
      'model-missing',
      `No model "${name}" is installed. Look into the list of models for its name.`,
    );
  }
  if (name === config.inference.defaultModel) {
    throw inUse(`"${name}" is the default model. Set DEFAULT_MODEL to another one first.`);
  }
  const open = await countOpenTranscriptionsOf(db.orm, { model: name });
  if (open > 0) {
    throw inUse(
      `${open} ${open === 1 ? 'transcription needs' : 'transcriptions need'} "${name}". Wait for the end or cancel them first.`,
    );
  }
  const workers = await listWorkers(db.orm, { includeStopped: false, limit: PAGE_SIZE_MAX });
  const isBusy = workers.some(({ loadedModels }) => loadedModels.some((loaded) => loaded.model === name && loaded.busy > 0));
  if (isBusy) throw inUse(`A worker is at work with "${name}". Wait for the end of its job.`);
  const pulls = await listModelPulls(db.orm, { activeOnly: true, limit: PAGE_SIZE_MAX });
  if (pulls.some((pull) => pull.model === name)) throw inUse(`"${name}" is being pulled. Cancel the pull first.`);
  await deleteModel(model);
  await unloadModel(db, { model: name });
}

function inUse(message: string): ModelStoreError {
  return new ModelStoreError('model-in-use', message, { retry: 'later' });
}
