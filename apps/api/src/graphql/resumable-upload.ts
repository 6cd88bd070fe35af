import { fileTooLargeMessage } from '../http/multipart-operation.js';
import { uploadFailure } from '../intake/upload-failure.js';
import type { ResumableUpload as Upload } from '../resumable/resumable-uploads.js';
import { builder } from './builder.js';
import { decodeRowId, encodeGlobalId } from './global-id.js';
import { invalidInput, InvalidInputError } from './invalid-input-error.js';
import { UploadError } from './upload-error.js';

const ResumableUpload = builder.objectRef<Upload>('ResumableUpload');

builder.node(ResumableUpload, {
  description:
    'A file that arrives in pieces over the tus protocol (PATCH to uploadPath). When receivedBytes is sizeBytes, createTranscription takes it by its id.',
  id: { resolve: ({ id }) => decodeRowId(id, 'ResumableUpload') ?? '' },
  loadMany: (ids, { services, viewer }) =>
    Promise.all(ids.map((id) => services.resumableUploads.find(encodeGlobalId('ResumableUpload', id), viewer))),
  fields: (t) => ({
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    filename: t.exposeString('filename'),
    receivedBytes: t.expose('receivedBytes', { type: 'SafeInt' }),
    sizeBytes: t.expose('sizeBytes', { type: 'SafeInt' }),
    uploadPath: t.exposeString('uploadPath', { description: 'Below the address of the API.' }),
  }),
});

const CreateUploadPayload = builder
  .objectRef<{ readonly __typename: 'CreateUploadPayload'; readonly upload: Upload }>('CreateUploadPayload')
  .implement({ fields: (t) => ({ upload: t.expose('upload', { type: ResumableUpload }) }) });

const CreateUploadResult = builder.unionType('CreateUploadResult', {
  types: [CreateUploadPayload, InvalidInputError, UploadError],
  resolveType: ({ __typename }) => __typename,
});

const CreateUploadInput = builder.inputType('CreateUploadInput', {
  fields: (t) => ({
    filename: t.string({ required: true }),
    sizeBytes: t.field({ type: 'SafeInt', required: true }),
  }),
});

builder.mutationField('createUpload', (t) =>
  t.field({
    type: CreateUploadResult,
    authScopes: { write: true },
    args: { input: t.arg({ type: CreateUploadInput, required: true }) },
    resolve: async (_parent, { input: { filename, sizeBytes } }, { services, viewer }) => {
      const { resumableUploads, config } = services;
      const { fileBytesMax } = config.upload;
      if (sizeBytes < 1) return invalidInput('sizeBytes', 'Send the size of the file in bytes: at least 1.');
      if (sizeBytes > fileBytesMax) {
        return uploadFailure('file-too-large', fileTooLargeMessage(fileBytesMax), fileBytesMax);
      }
      const upload = await resumableUploads.create({ filename, sizeBytes, viewer });
      return { __typename: 'CreateUploadPayload' as const, upload };
    },
  }),
);
