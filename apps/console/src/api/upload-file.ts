import { type DetailedError, Upload } from 'tus-js-client';
import type { Client, CombinedError } from 'urql';
import { graphql } from '../gql';
import type { CreateTranscriptionInput } from '../gql/graphql';
import { describeError, isSessionLost } from './session-errors';

const CreateFromUploadDocument = graphql(`
  mutation CreateFromUpload($input: CreateTranscriptionInput!) {
    createTranscription(input: $input) {
      __typename
      ... on CreateTranscriptionPayload {
        existing
        transcription {
          id
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

export type UploadFields = Omit<CreateTranscriptionInput, 'file' | 'source'>;

export type UploadOutcome =
  | { readonly kind: 'accepted'; readonly transcriptionId: string; readonly existing: boolean }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'cancelled' };

interface UploadRequest {
  readonly apiUrl: string;
  readonly client: Client;
  readonly file: File;
  readonly fields: UploadFields;
  readonly signal: AbortSignal;
  /** `sentBytes` have arrived. */
  readonly onProgress: (sentBytes: number) => void;
}

type Sent = { readonly kind: 'sent'; readonly uploadId: string } | Exclude<UploadOutcome, { kind: 'accepted' }>;

/** A connection that breaks is tried again for about a minute, from the byte where it broke; then the reader decides. */
const RETRY_MILLISECONDS = [0, 1000, 3000, 5000, 10_000, 15_000, 30_000];

const connectionLost: Sent = {
  kind: 'refused',
  code: 'connection-lost',
  message: 'The connection ended before the file was there. Retry goes on where it stopped: what has arrived is kept.',
};

const sessionEnded = {
  kind: 'refused',
  code: 'unauthenticated',
  message: 'Your session has ended. Sign in again, then retry.',
} as const;

function refusalOf(error: Error | DetailedError): Sent {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  if (response === null || status === 0) return connectionLost;
  if (status === 401) return sessionEnded;
  const message = messageOf(response.getBody()) ?? `The server answered HTTP ${status}. Try again in a moment.`;
  return { kind: 'refused', code: 'upload-refused', message };
}

/** Refusals come as a sentence, or as the JSON that all routes of the API answer with. */
function messageOf(body: string): string | undefined {
  const text = body.trim();
  if (text === '') return undefined;
  if (!text.startsWith('{')) return text.slice(0, 300);
  try {
    const parsed = JSON.parse(text) as { readonly errors?: readonly { readonly message?: string }[] };
    return parsed.errors?.[0]?.message;
  } catch {
    return undefined;
  }
}

/** Sends the bytes by the tus protocol. A file that was partly sent before, also in an earlier visit, goes on behind what has arrived. */
function sendBytes({ apiUrl, file, signal, onProgress }: UploadRequest): Promise<Sent> {
  return new Promise((resolve) => {
    const settle = (sent: Sent) => {
      signal.removeEventListener('abort', abort);
      resolve(sent);
    };
    const upload = new Upload(file, {
      endpoint: `${apiUrl}/uploads`,
      metadata: { filename: file.name },
      retryDelays: RETRY_MILLISECONDS,
      removeFingerprintOnSuccess: true,
      onBeforeRequest: (request) => {
        (request.getUnderlyingObject() as XMLHttpRequest).withCredentials = true;
      },
      onProgress: (sentBytes) => onProgress(sentBytes),
      onError: (error) => settle(refusalOf(error)),
      onSuccess: () => settle({ kind: 'sent', uploadId: (upload.url ?? '').split('/').at(-1) ?? '' }),
    });
    function abort(): void {
      // What has arrived is removed from the server; when that fails, it expires there.
      void upload.abort(true).catch(() => undefined);
      settle({ kind: 'cancelled' });
    }
    if (signal.aborted) return resolve({ kind: 'cancelled' });
    signal.addEventListener('abort', abort);
    void upload
      .findPreviousUploads()
      .catch(() => [])
      .then(([previous]) => {
        if (signal.aborted) return;
        if (previous !== undefined) upload.resumeFromPreviousUpload(previous);
        upload.start();
      });
  });
}

function refusedBy(error: CombinedError): UploadOutcome {
  if (isSessionLost(error)) return sessionEnded;
  return { kind: 'refused', code: 'request-failed', message: describeError(error) };
}

/** Uploads one file and makes a job of it. Never rejects: what went wrong is an outcome that can be shown beside the file. */
export async function uploadFile(request: UploadRequest): Promise<UploadOutcome> {
  const sent = await sendBytes(request);
  if (sent.kind !== 'sent') return sent;
  // An option that was not chosen is left out, so that the server's default holds.
  const chosen = Object.fromEntries(Object.entries(request.fields).filter(([, value]) => value !== null));
  const input = { ...chosen, source: { uploadId: sent.uploadId } };
  const { data, error } = await request.client.mutation(CreateFromUploadDocument, { input }).toPromise();
  if (error !== undefined) return refusedBy(error);
  const result = data?.createTranscription;
  if (result?.__typename === 'CreateTranscriptionPayload')
    return { kind: 'accepted', transcriptionId: result.transcription.id, existing: result.existing };
  return {
    kind: 'refused',
    code: result?.code ?? 'bad-answer',
    message: result?.message ?? 'The server gave no answer. Retry: the same file never becomes two jobs.',
  };
}
