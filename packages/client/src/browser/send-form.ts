import { aborted, ClientError, unreachable } from '../errors.js';
import type { FileForm, SendOptions } from '../platform.js';

/** By XMLHttpRequest, because fetch does not tell how much was sent. */
export async function sendForm(
  { url, apiKey, fields, file }: FileForm,
  { signal, onUpload }: SendOptions,
): Promise<{ status: number; body: string }> {
  const { blob, filename } = file;
  if (blob === undefined) {
    throw new ClientError('invalid-input', 'Browsers cannot send a stream in a form: give a File or a Blob.');
  }
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  form.append('0', blob, filename);
  const request = new XMLHttpRequest();
  const abort = (): void => request.abort();
  const answered = new Promise<{ status: number; body: string }>((resolve, reject) => {
    request.open('POST', url);
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('authorization', `Bearer ${apiKey}`);
    request.upload.onprogress = ({ loaded }) => onUpload?.(Math.min(loaded, blob.size), blob.size);
    request.onload = () => resolve({ status: request.status, body: request.responseText });
    request.onerror = () => reject(unreachable(new URL(url).origin, new Error('no answer, or none for this page')));
    request.onabort = () => reject(aborted('The upload', signal?.reason));
    signal?.addEventListener('abort', abort, { once: true });
    request.send(form);
    if (signal?.aborted) request.abort();
  });
  return answered.finally(() => signal?.removeEventListener('abort', abort));
}
