import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { Server, Upload, type DataStore, type Locker } from '@tus/server';
import type { Viewer } from '../access/viewer.js';
import { encodeGlobalId, decodeRowId } from '../graphql/global-id.js';
import { displayFilename } from '../intake/display-filename.js';

export const UPLOADS_PATH = '/uploads';
/** An upload that was begun and not finished, or finished and not used, is kept for this long. */
export const UPLOAD_VALID_SECONDS = 24 * 3600;

/** Keeps the bytes of uploads, and gives them back whole. */
export interface UploadStore extends DataStore {
  read(id: string): Readable;
}

/** A file that arrives in pieces, or has arrived and waits to be used. */
export interface ResumableUpload {
  /** A global id, and the last part of its address. */
  readonly id: string;
  readonly filename: string;
  readonly sizeBytes: number;
  readonly receivedBytes: number;
  readonly expiresAt: Date;
  readonly uploadPath: string;
}

export interface ResumableUploads {
  /** Serves one request of the tus protocol. The viewer may write; origin, slot and disk have been looked at. */
  handle(request: IncomingMessage, response: ServerResponse, viewer: Viewer): Promise<void>;
  create(args: {
    readonly filename: string;
    readonly sizeBytes: number;
    readonly viewer: Viewer;
  }): Promise<ResumableUpload>;
  /** Undefined when there is none, when it expired, or when it is somebody else's. */
  find(id: string, viewer: Viewer): Promise<ResumableUpload | undefined>;
  open(id: string): Readable;
  /** Idempotent. */
  remove(id: string): Promise<void>;
  removeExpired(): Promise<number>;
}

/**
 * Uploads by the tus protocol 1.0: a connection that breaks costs the bytes on the wire and nothing else.
 *
 * The store is the only record: the bytes, and beside them what they shall become. Servers that share it go on with each other's uploads. An upload belongs to the
 * key that began it; whoever signed in to the console shares one owner.
 */
export function createResumableUploads(options: {
  readonly store: UploadStore;
  readonly locker: Locker;
  readonly fileBytesMax: number;
  readonly isAllowedOrigin: (origin: string) => boolean;
}): ResumableUploads {
  const { store, fileBytesMax, isAllowedOrigin } = options;
  const viewers = new WeakMap<IncomingMessage, Viewer>();
  const viewerOf = (request: object): Viewer => {
    const message = (request as { runtime?: { node?: { req?: IncomingMessage } } }).runtime?.node?.req;
    const viewer = message && viewers.get(message);
    if (viewer === undefined) throw new Error('A request of an upload came without a viewer.');
    return viewer;
  };
  const server = new Server({
    path: UPLOADS_PATH,
    datastore: store,
    maxSize: fileBytesMax,
    // Behind a proxy the server does not know its own address; the client does.
    relativeLocation: true,
    allowedOrigins: isAllowedOrigin,
    allowedCredentials: true,
    locker: options.locker,
    namingFunction: () => createId(),
    onUploadCreate: (request, { metadata }) =>
      Promise.resolve({
        metadata: { filename: displayFilename(metadata?.['filename'] ?? undefined), owner: ownerOf(viewerOf(request)) },
      }),
    async onIncomingRequest(request, id) {
      const viewer = viewerOf(request);
      // A new upload has no owner yet.
      if (request.method === 'POST') return;
      if ((await find(id, viewer)) === undefined) throw notFound();
    },
  });

  async function find(id: string, viewer: Viewer): Promise<ResumableUpload | undefined> {
    if (decodeRowId(id, 'ResumableUpload') === undefined) return undefined;
    const upload = await store.getUpload(id).catch(() => undefined);
    if (upload === undefined || upload.metadata?.['owner'] !== ownerOf(viewer)) return undefined;
    const found = describe(upload);
    return found.expiresAt.getTime() > Date.now() ? found : undefined;
  }

  return {
    async handle(request, response, viewer) {
      viewers.set(request, viewer);
      await server.handle(request, response);
    },
    async create({ filename, sizeBytes, viewer }) {
      const metadata = { filename: displayFilename(filename), owner: ownerOf(viewer) };
      const upload = new Upload({ id: createId(), size: sizeBytes, offset: 0, metadata });
      return describe(await store.create(upload));
    },
    find,
    open: (id) => store.read(id),
    // What stays is removed when it expires.
    remove: (id) => store.remove(id).catch(() => undefined),
    removeExpired: () => store.deleteExpired(),
  };
}

function createId(): string {
  return encodeGlobalId('ResumableUpload', randomUUID());
}

function ownerOf({ apiKeyId }: Viewer): string {
  return apiKeyId ?? 'console';
}

function describe({ id, size, offset, metadata, creation_date: createdAt }: Upload): ResumableUpload {
  const begunAt = createdAt === undefined ? Date.now() : Date.parse(createdAt);
  return {
    id,
    filename: metadata?.['filename'] ?? 'recording',
    sizeBytes: size ?? 0,
    receivedBytes: offset,
    expiresAt: new Date(begunAt + UPLOAD_VALID_SECONDS * 1000),
    uploadPath: `${UPLOADS_PATH}/${id}`,
  };
}

function notFound(): Error {
  return Object.assign(new Error('There is no such upload, or it has expired.'), {
    status_code: 404,
    body: 'There is no such upload, or it has expired. Begin a new one.\n',
  });
}
