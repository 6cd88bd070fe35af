import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Viewer } from '../access/viewer.js';
import type { Services } from '../graphql/context.js';
import { UPLOADS_PATH } from '../resumable/resumable-uploads.js';
import { assertScope, authenticate, credentialsOf } from './authentication.js';
import { assertRoomFor } from './multipart-operation.js';
import { assertOwnOrigin } from './origins.js';
import { watchForStall } from './stall-watch.js';
import type { UploadSlots } from './upload-slots.js';

export interface UploadRouteOptions {
  readonly services: Services;
  readonly slots: UploadSlots;
  readonly isAllowedOrigin: (origin: string) => boolean;
}

/**
 * The tus protocol at /uploads. Who asks and from where is settled before a byte of the body is read, as everywhere. A connection that stands still is closed:
 * what arrived stays, and the client goes on behind it.
 */
export function registerUploadRoutes(app: FastifyInstance, options: UploadRouteOptions): void {
  app.addContentTypeParser('application/offset+octet-stream', (_request, _payload, done) => done(null));
  app.route({
    method: ['POST', 'HEAD', 'PATCH', 'DELETE'],
    url: `${UPLOADS_PATH}/*`,
    ...handlers(options),
  });
  app.route({ method: 'POST', url: UPLOADS_PATH, ...handlers(options) });
}

function handlers({ services, slots, isAllowedOrigin }: UploadRouteOptions) {
  const { resumableUploads, storage, config } = services;
  return {
    onRequest: async (request: FastifyRequest): Promise<void> => {
      assertOwnOrigin(request, isAllowedOrigin);
      const viewer = await authenticate(credentialsOf(request), services.access);
      assertScope(viewer, 'write');
      request.viewer = viewer;
    },
    handler: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const viewer = request.viewer as Viewer;
      if (request.method === 'POST') {
        const claimed = Number(request.headers['upload-length']);
        assertRoomFor(Number.isFinite(claimed) ? claimed : 0, { freeBytes: await storage.freeBytes() });
      }
      const sendsBytes = request.method === 'PATCH' || request.method === 'POST';
      const giveBack = sendsBytes ? slots.take() : undefined;
      if (giveBack !== undefined) reply.raw.once('close', giveBack);
      const stopWatching = sendsBytes
        ? watchForStall(request.raw.socket, config.upload, () => request.raw.destroy())
        : undefined;
      reply.hijack();
      // Hijacking leaves out what was set on the reply. The library writes its own permission for the console's origin.
      reply.raw.setHeader('x-request-id', request.id);
      reply.raw.setHeader('vary', 'Origin');
      try {
        await resumableUploads.handle(request.raw, reply.raw, viewer);
      } finally {
        stopWatching?.();
      }
    },
  };
}
