import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { ReceivedRecording, RecordingSource } from '../intake/receive-recording.js';
import { formFilename } from '../intake/display-filename.js';
import { OpenAiProblem } from './openai-problem.js';

const FIELDS_MAX = 50;
const FIELD_BYTES_MAX = 20_000;

export interface ReceivedForm {
  /** Values by field name, `[]` at its end left out; several where the field came several times. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly recording: ReceivedRecording;
}

/**
 * Reads a form whose file may stand before its fields, as most clients send it: the file is taken in while it arrives, and the fields are known at the end. Throws
 * OpenAiProblem when the form is broken or holds no file.
 */
export async function readForm(
  request: IncomingMessage,
  options: { readonly fileBytesMax: number; readonly receive: (source: RecordingSource) => Promise<ReceivedRecording> },
): Promise<ReceivedForm> {
  const fields = new Map<string, string[]>();
  let receiving: Promise<ReceivedRecording> | undefined;
  const form = openForm(request, options.fileBytesMax);
  form.on('field', (name, value) => {
    const key = name.replace(/\[\]$/, '');
    fields.set(key, [...(fields.get(key) ?? []), value]);
  });
  form.on('file', (name, stream: Readable, filename: string | undefined) => {
    if (name !== 'file' || receiving !== undefined) return void stream.resume();
    receiving = options.receive({ filename: formFilename(filename ?? 'recording'), open: () => stream });
    // Whatever it does not read (a refused file) must not stop the fields behind it.
    receiving.catch(() => undefined).finally(() => stream.resume());
  });
  await new Promise<void>((resolve, reject) => {
    form.once('finish', resolve);
    form.once('error', (error) => reject(broken(error)));
    request.once('close', () => (request.complete ? undefined : reject(broken(new Error('It was broken off.')))));
    request.pipe(form);
  });
  if (receiving === undefined) {
    throw new OpenAiProblem(400, 'file-missing', 'Send the recording as the form field "file".', { param: 'file' });
  }
  return { fields, recording: await receiving };
}

function openForm(request: IncomingMessage, fileBytesMax: number): BusboyInstance {
  try {
    return new Busboy({
      headers: request.headers as BusboyHeaders,
      // One byte more than allowed gets through, so that the storage is the one to refuse it.
      limits: { files: 1, fields: FIELDS_MAX, fieldSize: FIELD_BYTES_MAX, fileSize: fileBytesMax + 1 },
    });
  } catch (error) {
    throw broken(error);
  }
}

function broken(error: unknown): OpenAiProblem {
  const reason = error instanceof Error ? error.message : String(error);
  return new OpenAiProblem(400, 'request-invalid', `The form could not be read: ${reason} Send multipart/form-data.`);
}
