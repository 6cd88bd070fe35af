import type { StoredLoadedModel, WorkerRow } from '@voice-transcriber/db';
import { isEmbedded, OFFICIAL_LICENCE, OFFICIAL_ORIGIN } from '@voice-transcriber/inference';
import { builder } from './builder.js';
import { listKnownModels, type KnownModel } from './known-models.js';
import { ModelPull } from './model-pull.js';
import { Worker } from './worker.js';

/** Working memory of a checkpoint that no catalogue knows: about its weights and the buffers of a base model. */
const WORKING_BYTES_UNKNOWN = 400 * 2 ** 20;

interface Loading extends StoredLoadedModel {
  readonly worker: WorkerRow;
}

const ModelLoading = builder.objectRef<Loading>('ModelLoading').implement({
  description: 'A model in the memory of a worker.',
  fields: (t) => ({
    backend: t.exposeString('backend'),
    busy: t.exposeInt('busy', { description: 'Jobs that run on it or wait for it.' }),
    device: t.exposeString('device'),
    memoryBytes: t.expose('memoryBytes', { type: 'SafeInt' }),
    worker: t.expose('worker', { type: Worker }),
  }),
});

export const Model = builder.objectRef<KnownModel>('Model');

builder.node(Model, {
  id: { resolve: ({ name }) => name },
  loadMany: async (ids, { services }) => {
    const models = await listKnownModels(services.modelStore);
    return ids.map((id) => models.find(({ name }) => name === id));
  },
  fields: (t) => ({
    default: t.boolean({ resolve: ({ name }, _args, { services }) => name === services.config.inference.defaultModel }),
    deletable: t.boolean({
      description: 'Installed, not part of the product, and not the default. It may still be in use.',
      resolve: ({ name, installed }, _args, { services }) =>
        installed !== undefined && !isEmbedded(installed) && name !== services.config.inference.defaultModel,
    }),
    embedded: t.boolean({
      description: 'It comes with the product and cannot be deleted.',
      resolve: ({ installed }) => installed !== undefined && isEmbedded(installed),
    }),
    fileBytes: t.field({
      type: 'SafeInt',
      resolve: ({ installed, official }) => installed?.manifest.fileBytes ?? official?.fileBytes ?? 0,
    }),
    installed: t.boolean({ resolve: ({ installed }) => installed !== undefined }),
    languages: t.stringList({
      description: '`*` stands for all that Whisper knows.',
      resolve: ({ installed, official }) => [...(installed?.manifest.languages ?? official?.languages ?? [])],
    }),
    licence: t.string({ resolve: ({ installed }) => installed?.manifest.licence ?? OFFICIAL_LICENCE }),
    loadedOn: t.field({
      type: [ModelLoading],
      resolve: async ({ name }, _args, { loaders }) =>
        (await loaders.workersWithModel.load(name)).flatMap((worker) =>
          worker.loadedModels.filter(({ model }) => model === name).map((loading) => ({ ...loading, worker })),
        ),
    }),
    memoryBytesNeeded: t.field({
      type: 'SafeInt',
      description: 'About what a loaded model takes, whatever the backend.',
      resolve: ({ installed, official }) =>
        official?.memoryBytesNeeded ?? (installed?.manifest.fileBytes ?? 0) + WORKING_BYTES_UNKNOWN,
    }),
    name: t.exposeString('name'),
    official: t.boolean({
      description: 'It has the name of a published checkpoint, whose checksum is known.',
      resolve: ({ official }) => official !== undefined,
    }),
    origin: t.string({ resolve: ({ installed }) => installed?.manifest.origin ?? OFFICIAL_ORIGIN }),
    pull: t.field({
      type: ModelPull,
      nullable: true,
      description: 'The latest one, whatever became of it.',
      resolve: async ({ name }, _args, { loaders }) => loaders.latestModelPull.load(name),
    }),
    quantization: t.string({
      resolve: ({ installed, official }) => installed?.manifest.quantization ?? official?.quantization ?? '',
    }),
    sha1: t.string({ nullable: true, resolve: ({ official }) => official?.sha1 }),
    sha256: t.string({ resolve: ({ installed, official }) => installed?.manifest.sha256 || (official?.sha256 ?? '') }),
    size: t.string({ resolve: ({ installed, official }) => installed?.manifest.size ?? official?.size ?? '' }),
  }),
});

builder.queryField('models', (t) =>
  t.field({
    type: [Model],
    complexity: { field: 1, multiplier: 40 },
    resolve: (_parent, _args, { services }) => listKnownModels(services.modelStore),
  }),
);
