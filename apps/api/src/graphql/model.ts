import {
  MODEL_CATALOGUE,
  OFFICIAL_ORIGIN,
  type CatalogueModel,
  type InstalledModel,
  type ModelStore,
} from '@voice-transcriber/inference';
import { builder } from './builder.js';

/** An installed checkpoint, an official one that could be installed, or both. */
interface KnownModel {
  readonly name: string;
  readonly installed: InstalledModel | undefined;
  readonly official: CatalogueModel | undefined;
}

/** Working memory of a checkpoint that no catalogue knows: about its weights and the buffers of a base model. */
const WORKING_BYTES_UNKNOWN = 400 * 2 ** 20;


const Model = builder.objectRef<KnownModel>('Model');

builder.node(Model, {
  id: { resolve: ({ name }) => name },
  loadMany: async (ids, { services }) => {
    const models = await listModels(services.modelStore);
    return ids.map((id) => models.find(({ name }) => name === id));
  },
  fields: (t) => ({
    default: t.boolean({ resolve: ({ name }, _args, { services }) => name === services.config.inference.defaultModel }),
    fileBytes: t.field({
      type: 'SafeInt',
      resolve: ({ installed, official }) => installed?.manifest.fileBytes ?? official?.fileBytes ?? 0,
    }),
    installed: t.boolean({ resolve: ({ installed }) => installed !== undefined }),
    languages: t.stringList({
      resolve: ({ installed, official }) => [...(installed?.manifest.languages ?? official?.languages ?? [])],
    }),
    licence: t.string({ resolve: ({ installed }) => installed?.manifest.licence ?? 'MIT' }),
    memoryBytesNeeded: t.field({
      type: 'SafeInt',
      resolve: ({ installed, official }) =>
        official?.memoryBytesNeeded ?? (installed?.manifest.fileBytes ?? 0) + WORKING_BYTES_UNKNOWN,
    }),
    name: t.exposeString('name'),
    origin: t.string({ resolve: ({ installed }) => installed?.manifest.origin ?? OFFICIAL_ORIGIN }),
    quantization: t.string({
      resolve: ({ installed, official }) => installed?.manifest.quantization ?? official?.quantization ?? '',
    }),
    sha256: t.string({ resolve: ({ installed, official }) => installed?.manifest.sha256 || (official?.sha256 ?? '') }),
    size: t.string({ resolve: ({ installed, official }) => installed?.manifest.size ?? official?.size ?? '' }),
  }),
});

builder.queryField('models', (t) =>
  t.field({
    type: [Model],
    complexity: { field: 1, multiplier: 40 },
    resolve: (_parent, _args, { services }) => listModels(services.modelStore),
  }),
);

/** Installed ones first; then the official ones that are not. */
async function listModels(modelStore: ModelStore): Promise<KnownModel[]> {
  const installed = await modelStore.list();
  const names = new Set(installed.map(({ manifest }) => manifest.name));
  return [
    ...installed.map((model) => ({
      name: model.manifest.name,
      installed: model,
      official: MODEL_CATALOGUE.find(({ name }) => name === model.manifest.name),
    })),
    ...MODEL_CATALOGUE.filter(({ name }) => !names.has(name)).map((official) => ({
      name: official.name,
      installed: undefined,
      official,
    })),
  ];
}
