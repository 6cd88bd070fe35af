import { builder } from './builder.js';
import { ErrorInterface } from './error-interface.js';
import type { UploadFailure } from '../intake/upload-failure.js';

export const UploadError = builder.objectRef<UploadFailure>('UploadError').implement({
  description:
    'code: file-empty | file-not-audio | file-truncated | file-too-large | playlist-refused | container-unsupported | disk-full | upload-aborted | upload-missing | upload-stalled | url-failed',
  interfaces: [ErrorInterface],
  isTypeOf: (value) => (value as UploadFailure).__typename === 'UploadError',
  fields: (t) => ({ maxFileBytes: t.expose('maxFileBytes', { type: 'SafeInt', nullable: true }) }),
});
