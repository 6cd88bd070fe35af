import type { Config } from '@voice-transcriber/config';
import {
  createModelStore,
  getOfficialModel,
  isEmbedded,
  pullModel,
  removeParts,
  verifyModel,
} from '@voice-transcriber/inference';
import type { ModelFetcher } from '@voice-transcriber/jobs/handlers';

/** Pulls into this installation's models directory, from its mirror. */
export function createModelFetcher({ inference }: Config): ModelFetcher {
  const { modelsDirectory: directory, modelMirror: mirror, modelsOffline: offline } = inference;
  const store = createModelStore({ directories: [directory] });
  return {
    async fetch({ model: name, writer, signal, onProgress }) {
      const model = getOfficialModel(name);
      const installed = await store.find(name);
      // A worker that died after its last stroke has finished the work; a file that was damaged since is fetched again.
      if (installed !== undefined && !isEmbedded(installed)) {
        onProgress({ step: 'verifying', bytesDone: installed.manifest.fileBytes });
        if ((await verifyModel(installed, { signal })).official) return removeParts(directory, name);
      }
      await pullModel({ model, directory, mirror, offline, owner: writer, signal, onProgress });
    },
    forget: (name) => removeParts(directory, name),
  };
}
