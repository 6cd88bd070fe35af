import type { Config } from '@voice-transcriber/config';
import { importModel, type ModelStore } from '@voice-transcriber/inference';
import { StorageError } from '@voice-transcriber/storage';
import type { FileUpload } from 'graphql-upload-ts';
import { toModelFailure, type ModelFailure } from '../graphql/model-error.js';
import { displayFilename } from './display-filename.js';
import { openUpload } from './receive-recording.js';
import { findUploadFailure, type UploadFailure } from './upload-failure.js';

export type ReceivedModel =
  { readonly ok: true; readonly name: string } | { readonly ok: false; readonly failure: ModelFailure | UploadFailure };

/** Takes a model file in as it arrives, into the models directory. One that is refused leaves nothing behind. */
export async function receiveModel(
  upload: Promise<FileUpload>,
  options: {
    readonly modelStore: ModelStore;
    readonly config: Config;
    readonly name: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<ReceivedModel> {
  const { modelStore, config, name, signal } = options;
  const { modelsDirectory, modelFileBytesMax: fileBytesMax } = config.inference;
  let stop: (() => void) | undefined;
  try {
    const file = await upload.catch((cause: unknown) => {
      throw new StorageError('upload-aborted', 'The upload was broken off.', { cause });
    });
    const stream = openUpload(file);
    stop = () => stream.destroy(new StorageError('upload-aborted', 'The upload was broken off.'));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const installed = await modelStore.list();
    const { manifest } = await importModel({
      source: stream as AsyncIterable<Uint8Array>,
      filename: displayFilename(file.filename),
      name,
      directory: modelsDirectory,
      fileBytesMax,
      installedNames: installed.map((model) => model.manifest.name),
      signal,
    });
    return { ok: true, name: manifest.name };
  } catch (error) {
    const failure = findUploadFailure(error, { fileBytesMax, limitVariable: 'MAX_MODEL_FILE_SIZE', signal });
    return { ok: false, failure: failure ?? toModelFailure(error) };
  } finally {
    if (stop !== undefined) {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }
}
