import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { findMedia, findTranscriptionSummaries, type MediaRow } from '@voice-transcriber/db';
import { EXPORT_FORMATS, exportExtension, findExportFormat } from '@voice-transcriber/transcript';
import type { Services } from '../graphql/context.js';
import { decodeRowId } from '../graphql/global-id.js';
import { contentDisposition } from '../intake/display-filename.js';
import { exportFile } from '../intake/export-file.js';
import { authenticate, credentialsOf } from './authentication.js';
import { parseRange } from './byte-range.js';
import { mediaType } from './media-types.js';
import { RequestProblem } from './request-problem.js';

/** GET /media/:id streams a recording, in ranges for players; GET /transcriptions/:id/export.:format downloads a transcript. */
export function registerFileRoutes(app: FastifyInstance, services: Services): void {
  const { orm } = services.db;
  const onRequest = async (request: FastifyRequest): Promise<void> => {
    request.viewer = await authenticate(credentialsOf(request), services.access);
  };

  app.get<{ Params: { id: string } }>('/media/:id', { onRequest }, async (request, reply) => {
    const media = await requireMedia(services, decodeRowId(request.params.id, 'Media'));
    const blob = await services.storage.stat(media.storageKey);
    if (blob === undefined) throw notFound('The recording is no longer stored.');
    const { sizeBytes } = blob;
    void reply.headers({
      'accept-ranges': 'bytes',
      'content-type': mediaType(media.container),
      'content-disposition': contentDisposition('inline', media.filename),
      'cache-control': 'private, max-age=3600',
      // The content is the sender's: whatever it is, it must never run as a page of ours.
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-site',
    });
    const range = parseRange(request.headers.range, sizeBytes);
    if (range === 'unsatisfiable') {
      throw new RequestProblem(416, 'range-invalid', `The recording has ${sizeBytes} bytes.`, {
        headers: { 'content-range': `bytes */${sizeBytes}` },
      });
    }
    const { startByte, lengthBytes } = range ?? { startByte: 0, lengthBytes: sizeBytes };
    void reply.header('content-length', lengthBytes);
    if (range !== undefined) {
      const lastByte = startByte + lengthBytes - 1;
      void reply.code(206).header('content-range', `bytes ${startByte}-${lastByte}/${sizeBytes}`);
    }
    if (request.method === 'HEAD' || lengthBytes === 0) return reply.send(Readable.from([]));
    return reply.send(services.storage.get(media.storageKey, { startByte, lengthBytes }));
  });

  app.get<{ Params: { id: string; format: string } }>(
    '/transcriptions/:id/export.:format',
    { onRequest },
    async (request, reply) => {
      const format = findExportFormat(request.params.format);
      const id = decodeRowId(request.params.id, 'Transcription');
      if (format === undefined)
        throw notFound(`There are the formats ${EXPORT_FORMATS.map(exportExtension).join(', ')}.`);
      const [transcription] = id === undefined ? [] : await findTranscriptionSummaries(orm, { ids: [id] });
      if (transcription === undefined) throw notFound('There is no such transcription. It may have been deleted.');
      const media = await requireMedia(services, transcription.mediaId);
      const file = await exportFile(orm, { transcription, media, format });
      if (file === undefined) throw notFound('The transcription has no transcript yet. Wait until it is completed.');
      return reply
        .headers({
          'content-type': file.contentType,
          'content-disposition': contentDisposition('attachment', file.filename),
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-store',
        })
        .send(file.body);
    },
  );
}

async function requireMedia(services: Services, id: string | undefined): Promise<MediaRow> {
  const [media] = id === undefined ? [] : await findMedia(services.db.orm, { ids: [id] });
  if (media === undefined) throw notFound('There is no such recording. It may have been deleted.');
  return media;
}

function notFound(message: string): RequestProblem {
  return new RequestProblem(404, 'not-found', message);
}
