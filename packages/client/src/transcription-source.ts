import type { FileInput } from './opened-file.js';

/** Where a recording comes from: a file from here, or what the server has or can fetch. */
export type RecordingSource =
  | FileInput
  /** A complete upload: see `upload`. */
  | { uploadId: string }
  /** A recording that is stored already: another run with other options. */
  | { mediaId: string }
  /** An address that the server fetches from, where it is allowed to (URL_SOURCES). */
  | { url: string };

type ServerSource = Exclude<RecordingSource, FileInput>;

export function isServerSource(source: RecordingSource): source is ServerSource {
  return (
    typeof source === 'object' && source !== null && ('uploadId' in source || 'mediaId' in source || 'url' in source)
  );
}
