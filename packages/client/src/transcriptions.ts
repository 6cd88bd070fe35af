import { documents } from './documents.js';
import { ClientError, type ClientErrorCode } from './errors.js';
import { type CallOptions, type Connection, errorOfAnswer, fetchBounded, requestGraphql } from './graphql-request.js';
import type {
  ExportFormat,
  Transcription,
  TranscriptionFilter,
  TranscriptionPage,
  TranscriptSegment,
} from './types.js';

/** What can be done with transcriptions that exist. */
export interface Transcriptions {
  /** Undefined when there is none, or none that this key may see. */
  transcription(id: string, options?: CallOptions): Promise<Transcription | undefined>;
  /** Newest first, up to 100 at once; `after` is the `endCursor` of the page before. */
  list(
    page?: { first?: number; after?: string; filter?: TranscriptionFilter } & CallOptions,
  ): Promise<TranscriptionPage>;
  /** All segments with their words, page by page. */
  segments(id: string, options?: CallOptions): AsyncGenerator<TranscriptSegment, void>;
  export(id: string, format: ExportFormat, options?: CallOptions): Promise<string>;
  cancel(id: string, options?: CallOptions): Promise<Transcription>;
  pause(id: string, options?: CallOptions): Promise<Transcription>;
  resume(id: string, options?: CallOptions): Promise<Transcription>;
  retry(id: string, options?: { model?: string } & CallOptions): Promise<Transcription>;
  delete(id: string, options?: CallOptions): Promise<void>;
}

export type Result = { __typename: string; code?: string; message?: string };
export type TranscriptionResult = Result & { transcription?: Transcription };

export function createTranscriptions(connection: Connection): Transcriptions {
  const change = async (
    document: string,
    input: Record<string, unknown>,
    { signal }: CallOptions = {},
  ): Promise<Transcription> => {
    const { result } = await requestGraphql<{ result: TranscriptionResult }>(
      connection,
      document,
      { input },
      { signal },
    );
    return requireTranscription(result);
  };

  return {
    async transcription(id, { signal } = {}) {
      const data = await requestGraphql<{ transcription: Transcription | null }>(
        connection,
        documents.transcription,
        { id },
        { repeatable: true, signal },
      );
      return data.transcription ?? undefined;
    },
    async list({ first = 20, after, filter, signal } = {}) {
      const variables = { first, after: after ?? null, filter: filter ?? null };
      const { transcriptions } = await requestGraphql<{ transcriptions: TranscriptionPage }>(
        connection,
        documents.transcriptions,
        variables,
        { repeatable: true, signal },
      );
      return transcriptions;
    },
    async *segments(id, { signal } = {}) {
      for (let after: string | null = null; ;) {
        const page: SegmentPage = await requestGraphql(
          connection,
          documents.segments,
          { id, after },
          { repeatable: true, signal },
        );
        if (!page.transcription) throw new ClientError('not-found', 'There is no such transcription.');
        const { nodes, pageInfo } = page.transcription.segments;
        yield* nodes;
        if (!pageInfo.hasNextPage) return;
        after = pageInfo.endCursor;
      }
    },
    async export(id, format, { signal } = {}) {
      const path = `/transcriptions/${encodeURIComponent(id)}/export.${format}`;
      const { status, body } = await fetchBounded(`${connection.url}${path}`, connection, signal);
      if (status >= 400) throw errorOfAnswer(status, body);
      return body;
    },
    cancel: (id, options) => change(documents.cancelTranscription, { id }, options),
    pause: (id, options) => change(documents.pauseTranscription, { id }, options),
    resume: (id, options) => change(documents.resumeTranscription, { id }, options),
    retry: (id, { model, ...options } = {}) =>
      change(documents.retryTranscription, { id, ...(model !== undefined && { model }) }, options),
    async delete(id, { signal } = {}) {
      const { result } = await requestGraphql<{ result: Result }>(
        connection,
        documents.deleteTranscription,
        { input: { id } },
        { signal },
      );
      throwRefusal(result);
    },
  };
}

interface SegmentPage {
  transcription: {
    segments: { nodes: TranscriptSegment[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
  } | null;
}

const REFUSALS: Record<string, ClientErrorCode> = {
  UploadError: 'upload-refused',
  InvalidInputError: 'invalid-input',
  NotFoundError: 'not-found',
  InvalidStateError: 'invalid-state',
};

function throwRefusal(result: Result): void {
  if (result.message === undefined) return;
  throw new ClientError(REFUSALS[result.__typename] ?? 'request-failed', result.message, { serverCode: result.code });
}

export function requireTranscription(result: TranscriptionResult): Transcription {
  throwRefusal(result);
  if (result.transcription) return result.transcription;
  throw new ClientError(
    'request-failed',
    `The server answered with ${result.__typename}, which this client does not know: update it.`,
  );
}
