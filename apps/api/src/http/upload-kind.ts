import type { Config } from '@voice-transcriber/config';
import type { ApiKeyScope } from '@voice-transcriber/db';

/** What an upload may be, settled by its address: its operation is known only when it has begun to arrive. */
export interface UploadKind {
  readonly scope: ApiKeyScope;
  readonly fileBytesMax: number;
  /** The variable that raises the limit. */
  readonly limitVariable: string;
}

/** `/graphql?file=model` takes model files, from administrators; `/graphql` takes recordings. */
export function uploadKindOf(url: string, { upload, inference }: Config): UploadKind {
  const isModel = new URL(url, 'http://localhost').searchParams.get('file') === 'model';
  return isModel
    ? { scope: 'admin', fileBytesMax: inference.modelFileBytesMax, limitVariable: 'MAX_MODEL_FILE_SIZE' }
    : { scope: 'write', fileBytesMax: upload.fileBytesMax, limitVariable: 'MAX_FILE_SIZE' };
}
