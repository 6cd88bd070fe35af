import type { ModelPullRow } from '@voice-transcriber/db';
import { getOfficialModel, verifyModel, type ModelVerification } from '@voice-transcriber/inference';
import { cancelModelPull, requestModelPull, unloadModel } from '@voice-transcriber/jobs';
import { removeModel } from '../models/remove-model.js';
import { receiveModel } from '../intake/receive-model.js';
import { builder } from './builder.js';
import { decodeRowId } from './global-id.js';
import { findKnownModel, type KnownModel } from './known-models.js';
import { Model } from './model.js';
import { ModelError, modelFailure, modelMissing, toModelFailure } from './model-error.js';
import { ModelPull } from './model-pull.js';
import { notFound, NotFoundError } from './not-found-error.js';
import { UploadError } from './upload-error.js';

const ModelNameInput = builder.inputType('ModelNameInput', { fields: (t) => ({ name: t.string({ required: true }) }) });
const ModelPullIdInput = builder.inputType('ModelPullIdInput', { fields: (t) => ({ id: t.id({ required: true }) }) });
const ImportModelInput = builder.inputType('ImportModelInput', {
  fields: (t) => ({
    file: t.field({ type: 'Upload', required: true }),
    name: t.string({ description: 'For a file that is not official; taken from its file name otherwise.' }),
  }),
});

interface PullResult {
  readonly __typename: 'PullModelPayload';
  readonly existing: boolean;
  readonly pull: ModelPullRow;
}
const PullModelPayload = builder.objectRef<PullResult>('PullModelPayload').implement({
  fields: (t) => ({
    existing: t.exposeBoolean('existing', { description: 'The model was being pulled already.' }),
    pull: t.expose('pull', { type: ModelPull }),
  }),
});
const PullModelResult = builder.unionType('PullModelResult', {
  types: [PullModelPayload, ModelError],
  resolveType: ({ __typename }) => __typename,
});

builder.mutationField('pullModel', (t) =>
  t.field({
    type: PullModelResult,
    description: 'Fetches an official model. The answer comes at once; a worker does it.',
    authScopes: { admin: true },
    args: { input: t.arg({ type: ModelNameInput, required: true }) },
    resolve: async (_parent, { input: { name } }, { services }) => {
      try {
        const { fileBytes } = getOfficialModel(name);
        const installed = await services.modelStore.find(name);
        if (installed?.manifest.fileBytes === fileBytes) {
          return modelFailure(
            'model-installed',
            `The model "${name}" is installed already. Verify it if you doubt it; delete it to fetch it again.`,
          );
        }
        if (services.config.inference.modelsOffline) {
          return modelFailure(
            'models-offline',
            `MODELS_OFFLINE forbids downloads. Get ggml-${name}.bin on another machine and import it, or set MODELS_OFFLINE=False.`,
          );
        }
        const requested = await requestModelPull(services.db, { model: name, bytesTotal: fileBytes });
        return { __typename: 'PullModelPayload' as const, ...requested };
      } catch (error) {
        return toModelFailure(error);
      }
    },
  }),
);

interface CancelResult {
  readonly __typename: 'ModelPullPayload';
  readonly pull: ModelPullRow;
}
const ModelPullPayload = builder.objectRef<CancelResult>('ModelPullPayload').implement({
  fields: (t) => ({ pull: t.expose('pull', { type: ModelPull }) }),
});
const CancelModelPullResult = builder.unionType('CancelModelPullResult', {
  types: [ModelPullPayload, ModelError, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});

builder.mutationField('cancelModelPull', (t) =>
  t.field({
    type: CancelModelPullResult,
    description: 'Ends a pull and removes what it fetched.',
    authScopes: { admin: true },
    args: { input: t.arg({ type: ModelPullIdInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'ModelPull');
      const outcome = id === undefined ? undefined : await cancelModelPull(services.db, { id });
      if (outcome?.ok) return { __typename: 'ModelPullPayload' as const, pull: outcome.pull };
      if (outcome?.code !== 'invalid-state') return notFound('model pull');
      return modelFailure('pull-ended', `The pull is already ${outcome.state}; there is nothing to cancel.`);
    },
  }),
);

interface VerifyResult extends ModelVerification {
  readonly __typename: 'VerifyModelPayload';
  readonly model: KnownModel;
}
const VerifyModelPayload = builder.objectRef<VerifyResult>('VerifyModelPayload').implement({
  fields: (t) => ({
    fileBytes: t.expose('fileBytes', { type: 'SafeInt' }),
    intact: t.exposeBoolean('intact', { description: 'If not: delete the model and pull or import it again.' }),
    model: t.expose('model', { type: Model }),
    official: t.exposeBoolean('official', { description: 'Byte for byte the published file of its name.' }),
    seconds: t.exposeFloat('seconds'),
    sha256: t.exposeString('sha256'),
  }),
});
const VerifyModelResult = builder.unionType('VerifyModelResult', {
  types: [VerifyModelPayload, ModelError],
  resolveType: ({ __typename }) => __typename,
});

builder.mutationField('verifyModel', (t) =>
  t.field({
    type: VerifyModelResult,
    description: 'Reads the whole file of a model and compares its checksum. Takes seconds for each gigabyte.',
    authScopes: { admin: true },
    args: { input: t.arg({ type: ModelNameInput, required: true }) },
    resolve: async (_parent, { input: { name } }, { services, signal }) => {
      const model = await findKnownModel(services.modelStore, name);
      if (model?.installed === undefined) return modelMissing(name);
      return { __typename: 'VerifyModelPayload' as const, model, ...(await verifyModel(model.installed, { signal })) };
    },
  }),
);

interface DeleteResult {
  readonly __typename: 'DeleteModelPayload';
  readonly deletedName: string;
}
const DeleteModelPayload = builder.objectRef<DeleteResult>('DeleteModelPayload').implement({
  fields: (t) => ({ deletedName: t.exposeString('deletedName') }),
});
const DeleteModelResult = builder.unionType('DeleteModelResult', {
  types: [DeleteModelPayload, ModelError],
  resolveType: ({ __typename }) => __typename,
});

builder.mutationField('deleteModel', (t) =>
  t.field({
    type: DeleteModelResult,
    description: 'Removes the file of a model that nothing uses, from the disk and from the memory of the workers.',
    authScopes: { admin: true },
    args: { input: t.arg({ type: ModelNameInput, required: true }) },
    resolve: async (_parent, { input: { name } }, { services }) => {
      try {
        await removeModel(services, name);
        return { __typename: 'DeleteModelPayload' as const, deletedName: name };
      } catch (error) {
        return toModelFailure(error);
      }
    },
  }),
);

interface UnloadResult {
  readonly __typename: 'UnloadModelPayload';
  readonly model: KnownModel;
}
const UnloadModelPayload = builder.objectRef<UnloadResult>('UnloadModelPayload').implement({
  fields: (t) => ({ model: t.expose('model', { type: Model }) }),
});
const UnloadModelResult = builder.unionType('UnloadModelResult', {
  types: [UnloadModelPayload, ModelError],
  resolveType: ({ __typename }) => __typename,
});

builder.mutationField('unloadModel', (t) =>
  t.field({
    type: UnloadModelResult,
    description: 'Asks all workers to drop a model from their memory. Its next job loads it again.',
    authScopes: { admin: true },
    args: { input: t.arg({ type: ModelNameInput, required: true }) },
    resolve: async (_parent, { input: { name } }, { services, loaders }) => {
      const model = await findKnownModel(services.modelStore, name);
      const workers = await loaders.workersWithModel.load(name);
      if (model === undefined || (model.installed === undefined && workers.length === 0)) return modelMissing(name);
      const jobs = workers
        .flatMap(({ loadedModels }) => loadedModels)
        .reduce((total, loaded) => total + (loaded.model === name ? loaded.busy : 0), 0);
      if (jobs > 0) {
        return modelFailure(
          'model-in-use',
          `${jobs} ${jobs === 1 ? 'job runs' : 'jobs run'} on "${name}". Wait for the end, or pause the queue first.`,
        );
      }
      await unloadModel(services.db, { model: name });
      return { __typename: 'UnloadModelPayload' as const, model };
    },
  }),
);

interface ImportResult {
  readonly __typename: 'ImportModelPayload';
  readonly model: KnownModel;
}
const ImportModelPayload = builder.objectRef<ImportResult>('ImportModelPayload').implement({
  fields: (t) => ({ model: t.expose('model', { type: Model }) }),
});
const ImportModelResult = builder.unionType('ImportModelResult', {
  types: [ImportModelPayload, ModelError, UploadError],
  resolveType: ({ __typename }) => __typename,
});

builder.mutationField('importModel', (t) =>
  t.field({
    type: ImportModelResult,
    description:
      'Takes a ggml checkpoint in. Send it to /graphql?file=model, where the limit is that of models and not that of recordings.',
    authScopes: { admin: true },
    args: { input: t.arg({ type: ImportModelInput, required: true }) },
    resolve: async (_parent, { input: { file, name } }, { services, signal }) => {
      const { modelStore, config } = services;
      const received = await receiveModel(file, { modelStore, config, name: name ?? undefined, signal });
      if (!received.ok) return received.failure;
      const model = await findKnownModel(modelStore, received.name);
      if (model === undefined) return modelMissing(received.name);
      return { __typename: 'ImportModelPayload' as const, model };
    },
  }),
);
