const IMPORT_MUTATION = `mutation ImportModel($input: ImportModelInput!) {
  importModel(input: $input) {
    __typename
    ... on ImportModelPayload { model { name } }
    ... on Error { message }
  }
}`;

export type ImportOutcome =
  | { readonly kind: 'imported'; readonly name: string }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'cancelled' };

interface ImportRequest {
  readonly apiUrl: string;
  readonly file: File;
  readonly signal: AbortSignal;
  /** Share of the bytes that have left this browser, 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

interface ImportAnswer {
  readonly data?: {
    readonly importModel?: { readonly model?: { readonly name: string }; readonly message?: string } | null;
  } | null;
  readonly errors?: readonly { readonly message: string }[];
}

const NO_ANSWER = 'The connection ended before the file was there. Nothing was kept; import it again.';

function readAnswer(status: number, body: string): ImportOutcome {
  let answer: ImportAnswer;
  try {
    answer = JSON.parse(body) as ImportAnswer;
  } catch {
    return { kind: 'refused', message: `The server answered HTTP ${status}. Try again in a moment.` };
  }
  const result = answer.data?.importModel;
  if (result?.model !== undefined) return { kind: 'imported', name: result.model.name };
  return { kind: 'refused', message: result?.message ?? answer.errors?.[0]?.message ?? NO_ANSWER };
}

/**
 * Sends a checkpoint as one multipart request, to the address whose limit is that of models. Never rejects.
 *
 * XMLHttpRequest, because fetch does not tell how much of a body has been sent.
 */
export function importModel({ apiUrl, file, signal, onProgress }: ImportRequest): Promise<ImportOutcome> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve({ kind: 'cancelled' });
    const form = new FormData();
    form.append('operations', JSON.stringify({ query: IMPORT_MUTATION, variables: { input: { file: null } } }));
    form.append('map', JSON.stringify({ 0: ['variables.input.file'] }));
    form.append('0', file, file.name);
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const settle = (outcome: ImportOutcome) => {
      signal.removeEventListener('abort', abort);
      resolve(outcome);
    };
    signal.addEventListener('abort', abort);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onload = () => settle(readAnswer(request.status, request.responseText));
    request.onerror = () => settle({ kind: 'refused', message: NO_ANSWER });
    request.onabort = () => settle({ kind: 'cancelled' });
    request.open('POST', `${apiUrl}/graphql?file=model`);
    request.withCredentials = true;
    request.setRequestHeader('accept', 'application/json');
    request.send(form);
  });
}
