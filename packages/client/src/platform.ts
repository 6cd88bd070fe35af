import type { OpenedFile } from './opened-file.js';
import type { ResumeStore } from './resume-store.js';

/** A form with one file at its end, as a GraphQL multipart request has it. */
export interface FileForm {
  url: string;
  apiKey: string;
  fields: readonly (readonly [name: string, value: string])[];
  /** Its field's name is `0`. */
  file: OpenedFile;
}

export interface SendOptions {
  signal?: AbortSignal | undefined;
  /** Bytes of the file handed to the system so far, and all: undefined for a stream. */
  onUpload?: ((sentBytes: number, totalBytes: number | undefined) => void) | undefined;
}

/** What Node and browsers do differently. */
export interface Platform {
  /** Throws ClientError 'file-unreadable'. */
  openPath(path: string): Promise<OpenedFile>;
  /** Throws ClientError when there was no answer. */
  sendForm(form: FileForm, options: SendOptions): Promise<{ status: number; body: string }>;
  /** Where uploads are noted when the caller names no place; undefined: nowhere. */
  resumeStore: ResumeStore | undefined;
  /** Of the web's interface; undefined: there is none here. */
  webSocket: unknown;
}
