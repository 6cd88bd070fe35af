import { stringifyDocument } from 'urql';
import { graphql } from '../gql';
import type { CreateTranscriptionInput, UploadMutation } from '../gql/graphql';

const UploadDocument = graphql(`
  mutation Upload($input: CreateTranscriptionInput!) {
    createTranscription(input: $input) {
      __typename
      ... on CreateTranscriptionPayload {
        existing
        transcription {
          id
        }
      }
      ... on UploadError {
        code
        message
        maxFileBytes
      }
      ... on InvalidInputError {
        code
        message
        field
      }
    }
  }
`);

export type UploadFields = Omit<CreateTranscriptionInput, 'file'>;

export type UploadOutcome =
  | { readonly kind: 'accepted'; readonly transcriptionId: string; readonly existing: boolean }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'cancelled' };

interface UploadRequest {
  readonly apiUrl: string;
  readonly file: File;
  readonly fields: UploadFields;
  readonly signal: AbortSignal;
  readonly onProgress: (sentBytes: number) => void;
}

interface UploadAnswer {
  readonly data?: UploadMutation | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const connectionLost: UploadOutcome = {
  kind: 'refused',
  code: 'connection-lost',
  message: 'The connection ended before the file was there. Check the network and try again: nothing is stored twice.',
};

function multipartBody(file: File, fields: UploadFields): FormData {
  const body = new FormData();
  // An option that was not chosen is left out, so that the server's default holds.
  const chosen = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
  const variables = { input: { ...chosen, file: null } };
  body.set(
    'operations',
    JSON.stringify({ query: stringifyDocument(UploadDocument), operationName: 'Upload', variables }),
  );
  body.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  body.set('0', file, file.name);
  return body;
}

function parseAnswer(request: XMLHttpRequest): UploadOutcome {
  if (request.status === 401)
    return { kind: 'refused', code: 'unauthenticated', message: 'Your session has ended. Sign in again, then retry.' };
  let answer: UploadAnswer;
  try {
    answer = JSON.parse(request.responseText) as UploadAnswer;
  } catch {
    return {
      kind: 'refused',
      code: 'bad-answer',
      message: `The server answered HTTP ${request.status}. Try again in a moment.`,
    };
  }
  const result = answer.data?.createTranscription;
  if (result?.__typename === 'CreateTranscriptionPayload') {
    return { kind: 'accepted', transcriptionId: result.transcription.id, existing: result.existing };
  }
  if (result !== undefined && result !== null) return { kind: 'refused', code: result.code, message: result.message };
  const [error] = answer.errors ?? [];
  return {
    kind: 'refused',
    code: error?.extensions?.code ?? 'bad-answer',
    message: error?.message ?? `The server answered HTTP ${request.status}.`,
  };
}

/**
 * Sends one file straight to the API as a GraphQL multipart request. XMLHttpRequest, because `fetch` cannot tell how much of a body has been sent.
 * Never rejects: what went wrong is an outcome that can be shown beside the file.
 */
export function uploadFile({ apiUrl, file, fields, signal, onProgress }: UploadRequest): Promise<UploadOutcome> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const settle = (outcome: UploadOutcome) => {
      signal.removeEventListener('abort', abort);
      resolve(outcome);
    };
    if (signal.aborted) return resolve({ kind: 'cancelled' });
    signal.addEventListener('abort', abort);
    request.upload.onprogress = ({ loaded }) => onProgress(Math.min(loaded, file.size));
    request.onload = () => settle(parseAnswer(request));
    request.onerror = () => settle(connectionLost);
    request.onabort = () => settle({ kind: 'cancelled' });
    request.open('POST', `${apiUrl}/graphql`);
    request.withCredentials = true;
    request.setRequestHeader('accept', 'application/json');
    request.send(multipartBody(file, fields));
  });
}
