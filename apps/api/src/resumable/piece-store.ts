import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DataStore, ERRORS, Upload } from '@tus/server';
import type { Storage } from '@voice-transcriber/storage';
import { decodeRowId, encodeGlobalId } from '../graphql/global-id.js';

/** Small enough to be in memory for each upload, large enough that a recording is some dozens of objects. */
const PIECE_BYTES = 5 * 1024 * 1024;
const OFFSET_DIGITS = 14;
const FOLDER = 'resumable';

export interface PieceStoreOptions {
  readonly storage: Storage;
  readonly expirationPeriodInMilliseconds: number;
}

/**
 * Uploads that arrive in pieces, kept in the storage: servers that share it go on with each other's uploads. One object says what the upload shall become, and one for
 * each piece holds bytes, named by where it begins. What arrived before a connection broke is kept to the last byte.
 */
export class PieceStore extends DataStore {
  readonly #storage: Storage;
  readonly #expirationMilliseconds: number;

  constructor({ storage, expirationPeriodInMilliseconds }: PieceStoreOptions) {
    super();
    this.#storage = storage;
    this.#expirationMilliseconds = expirationPeriodInMilliseconds;
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  }

  override async create(upload: Upload): Promise<Upload> {
    upload.creation_date = new Date().toISOString();
    const { id, size, metadata, creation_date } = upload;
    const text = JSON.stringify({ id, size, metadata, creation_date });
    await this.#storage.put(`${folderOf(id)}/upload.json`, Readable.from([Buffer.from(text)]));
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    const found = await this.#storage
      .read(`${folderOf(id)}/upload.json`, { startByte: 0, lengthBytes: 65_536 })
      .catch((error: unknown) => {
        if ((error as { code?: unknown }).code === 'blob-missing') return undefined;
        throw error;
      });
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the library's own way to answer
    if (found === undefined) throw ERRORS.FILE_NOT_FOUND;
    const written = JSON.parse(Buffer.from(found).toString()) as ConstructorParameters<typeof Upload>[0];
    return new Upload({ ...written, offset: endOf(await this.#pieces(id)) });
  }

  override async write(source: Readable, id: string, offset: number): Promise<number> {
    let pending: Buffer[] = [];
    let pendingBytes = 0;
    let position = offset;
    const store = async (): Promise<void> => {
      if (pendingBytes === 0) return;
      const piece = Buffer.concat(pending);
      pending = [];
      pendingBytes = 0;
      await this.#storage.put(pieceKey(id, position), Readable.from([piece]));
      position += piece.length;
    };
    try {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        pending.push(chunk);
        pendingBytes += chunk.length;
        if (pendingBytes >= PIECE_BYTES) await store();
      }
    } finally {
      // Also when the connection broke: the client goes on behind it.
      await store();
    }
    return position;
  }

  /** The whole content, in order. */
  read(id: string): Readable {
    const storage = this.#storage;
    const pieces = this.#pieces(id);
    async function* readPieces(): AsyncGenerator<Uint8Array, void, undefined> {
      for (const { key } of contiguous(await pieces)) yield await buffer(storage.get(key));
    }
    return Readable.from(readPieces(), { objectMode: false });
  }

  override async remove(id: string): Promise<void> {
    // What says that there is an upload goes last: a removal that dies midway is found again.
    for (const { key } of await this.#pieces(id)) await this.#storage.delete(key);
    await this.#storage.delete(`${folderOf(id)}/upload.json`);
  }

  override getExpiration(): number {
    return this.#expirationMilliseconds;
  }

  override async deleteExpired(): Promise<number> {
    const oldest = Date.now() - this.#expirationMilliseconds;
    let removed = 0;
    for await (const { key, modifiedAt } of this.#storage.list(FOLDER)) {
      const [, rowId = '', name] = key.split('/');
      if (name !== 'upload.json' || modifiedAt.getTime() > oldest) continue;
      await this.remove(encodeGlobalId('ResumableUpload', rowId));
      removed += 1;
    }
    return removed;
  }

  async #pieces(id: string): Promise<Piece[]> {
    const pieces: Piece[] = [];
    for await (const { key, sizeBytes } of this.#storage.list(folderOf(id))) {
      const match = /\/(\d+)$/.exec(key);
      if (match !== null) pieces.push({ key, startByte: Number(match[1]), sizeBytes });
    }
    return pieces.sort((left, right) => left.startByte - right.startByte);
  }
}

interface Piece {
  readonly key: string;
  readonly startByte: number;
  readonly sizeBytes: number;
}

/** A server that stood still may have stored a piece late and elsewhere: what does not follow on is left out. */
function contiguous(pieces: readonly Piece[]): Piece[] {
  let end = 0;
  return pieces.filter(({ startByte, sizeBytes }) => {
    if (startByte !== end) return false;
    end += sizeBytes;
    return true;
  });
}

function endOf(pieces: readonly Piece[]): number {
  const last = contiguous(pieces).at(-1);
  return last === undefined ? 0 : last.startByte + last.sizeBytes;
}

/** The global id would do as well, but a folder should say what is in it. */
function folderOf(id: string): string {
  const rowId = decodeRowId(id, 'ResumableUpload');
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- the library's own way to answer
  if (rowId === undefined) throw ERRORS.FILE_NOT_FOUND;
  return `${FOLDER}/${rowId}`;
}

function pieceKey(id: string, startByte: number): string {
  return `${folderOf(id)}/${String(startByte).padStart(OFFSET_DIGITS, '0')}`;
}
