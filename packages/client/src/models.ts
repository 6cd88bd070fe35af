import { documents } from './documents.js';
import { ClientError } from './errors.js';
import { type CallOptions, type Connection, requestGraphql } from './graphql-request.js';
import type { FileInput } from './opened-file.js';
import type { Platform } from './platform.js';
import { type FormUploadOptions, uploadGraphql } from './upload-operation.js';

export type ModelPullState = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

export interface ModelPull {
  id: string;
  model: string;
  state: ModelPullState;
  bytesDone: number;
  bytesTotal: number;
  bytesPerSecond: number | null;
  etaSeconds: number | null;
  error: { code: string; message: string } | null;
}

export interface Model {
  name: string;
  size: string;
  quantization: string;
  languages: string[];
  fileBytes: number;
  memoryBytesNeeded: number;
  licence: string;
  origin: string;
  sha1: string | null;
  sha256: string;
  default: boolean;
  deletable: boolean;
  embedded: boolean;
  installed: boolean;
  official: boolean;
  pull: ModelPull | null;
  loadedOn: { backend: string; device: string; memoryBytes: number; busy: number; worker: { host: string } }[];
}

export interface ModelVerification {
  /** False: delete the model and pull or import it again. */
  intact: boolean;
  /** Byte for byte the published file of its name. */
  official: boolean;
  sha256: string;
  fileBytes: number;
  seconds: number;
}

/** The models of a server. Everything but `list` and `pullState` needs an administrator's key. Throws ClientError. */
export interface Models {
  /** Installed ones first, then the official ones that could be pulled. */
  list(options?: CallOptions): Promise<Model[]>;
  /** Begins to fetch an official model, or joins whoever fetches it already. The server does it, also when nobody waits. */
  pull(name: string, options?: CallOptions): Promise<ModelPull>;
  /** How far a pull is; undefined when there is none of that id. */
  pullState(id: string, options?: CallOptions): Promise<ModelPull | undefined>;
  cancelPull(id: string, options?: CallOptions): Promise<ModelPull>;
  /** Reads the whole file on the server: takes seconds for each gigabyte. */
  verify(name: string, options?: CallOptions): Promise<ModelVerification>;
  delete(name: string, options?: CallOptions): Promise<void>;
  /** Asks the workers to drop it from their memory. */
  unload(name: string, options?: CallOptions): Promise<void>;
  /** Sends a ggml checkpoint. An official one keeps its official name. */
  import(file: FileInput, options?: { name?: string }, upload?: FormUploadOptions): Promise<Model>;
}

const VERIFY_MILLISECONDS = 600_000;

interface Result {
  __typename: string;
  code?: string;
  message?: string;
}

export function createModels(context: { connection: Connection; platform: Platform }): Models {
  const { connection } = context;
  const change = async <Payload extends object>(
    document: string,
    input: Record<string, unknown>,
    { signal }: CallOptions = {},
    answerMilliseconds?: number,
  ): Promise<Payload> => {
    const { result } = await requestGraphql<{ result: Result & Payload }>(
      connection,
      document,
      { input },
      { signal, answerMilliseconds },
    );
    return accepted(result);
  };
  return {
    async list({ signal } = {}) {
      const { models } = await requestGraphql<{ models: Model[] }>(
        connection,
        documents.models,
        {},
        { repeatable: true, signal },
      );
      return models;
    },
    pull: async (name, options) => (await change<{ pull: ModelPull }>(documents.pullModel, { name }, options)).pull,
    async pullState(id, { signal } = {}) {
      const { node } = await requestGraphql<{ node: ModelPull | null }>(
        connection,
        documents.modelPull,
        { id },
        { repeatable: true, signal },
      );
      return node ?? undefined;
    },
    cancelPull: async (id, options) =>
      (await change<{ pull: ModelPull }>(documents.cancelModelPull, { id }, options)).pull,
    verify: (name, options) => change<ModelVerification>(documents.verifyModel, { name }, options, VERIFY_MILLISECONDS),
    async delete(name, options) {
      await change(documents.deleteModel, { name }, options);
    },
    async unload(name, options) {
      await change(documents.unloadModel, { name }, options);
    },
    async import(file, { name } = {}, upload = {}) {
      const { result } = await uploadGraphql<{ result: Result & { model: Model } }>(
        context,
        file,
        { document: documents.importModel, input: name === undefined ? {} : { name }, path: '/graphql?file=model' },
        upload,
      );
      return accepted(result).model;
    },
  };
}

/** The payload, or what the server refused, as an error with the server's own code. */
function accepted<Payload>(result: Result & Payload): Payload {
  if (result.message === undefined) return result;
  const code =
    result.__typename === 'NotFoundError'
      ? 'not-found'
      : result.__typename === 'UploadError'
        ? 'upload-refused'
        : 'model-refused';
  throw new ClientError(code, result.message, { serverCode: result.code });
}
