import {
  MODEL_CATALOGUE,
  type CatalogueModel,
  type InstalledModel,
  type ModelStore,
} from '@voice-transcriber/inference';

/** An installed checkpoint, an official one that could be installed, or both. */
export interface KnownModel {
  readonly name: string;
  readonly installed: InstalledModel | undefined;
  readonly official: CatalogueModel | undefined;
}

/** Installed ones first; then the official ones that are not. */
export async function listKnownModels(modelStore: ModelStore): Promise<KnownModel[]> {
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

export async function findKnownModel(modelStore: ModelStore, name: string): Promise<KnownModel | undefined> {
  return (await listKnownModels(modelStore)).find((model) => model.name === name);
}
