import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { multipart, openUpload, query, readResponse, responseOf, upload, wavFile } from './requests.js';
import { expectTraces, uploadTraces } from './traces.js';

const DISK_MEBIBYTES = 110;

/** A small disk of its own; undefined where mounting is not allowed, which the names of the skipped tests say. */
function mountSmallDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'vt-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MEBIBYTES}m`, 'tmpfs', directory], { stdio: 'ignore' });
    return directory;
  } catch {
    rmSync(directory, { recursive: true });
    return undefined;
  }
}

const disk = mountSmallDisk();
let stack: Stack;

beforeAll(async () => {
  if (disk !== undefined) stack = await startStack({ workers: 0, env: { DATA_DIR: disk } });
});
afterAll(async () => {
  if (disk === undefined) return;
  await stack.stop();
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

test.skipIf(disk === undefined).each([
  { when: 'while an upload of unknown length arrives', mebibytes: 2 * DISK_MEBIBYTES },
  // It lies on the disk twice for a moment: once in the spool file, once in the storage.
  { when: 'while a whole upload is copied into the storage', mebibytes: Math.floor(0.6 * DISK_MEBIBYTES) },
])(
  'a disk that fills up $when is told within two seconds, and 0 bytes are left (needs the right to mount)',
  async ({ mebibytes }) => {
    if (disk === undefined) return;
    const before = await uploadTraces(disk);
    const { head, tail, contentType } = multipart({ file: Buffer.alloc(0) });
    const request = openUpload(stack, { contentType }, { 'transfer-encoding': 'chunked' });
    request.on('error', () => undefined);
    const response = responseOf(request);
    request.write(head);
    request.write(wavFile(1));
    const piece = Buffer.alloc(2 ** 20);
    let lastPieceAt = performance.now();
    let answered = false;
    void response.then(() => (answered = true));
    for (let sent = 0; sent < mebibytes && !answered; sent += 1) {
      lastPieceAt = performance.now();
      if (!request.write(piece)) {
        await Promise.race([new Promise((resolve) => request.once('drain', resolve)), response]);
      }
    }
    if (!answered) request.end(tail);
    const { json } = await readResponse(await response);
    expect(performance.now() - lastPieceAt).toBeLessThan(2000);
    expect(json.data.createTranscription).toMatchObject({ __typename: 'UploadError', code: 'disk-full' });
    request.destroy();
    await expectTraces(disk, before);
    expect((await query(stack, '{ viewer { name } }')).status).toBe(200);
  },
);

test.skipIf(disk === undefined)(
  'a stated length that the disk cannot take is refused before a byte is read (needs the right to mount)',
  async () => {
    const { head, contentType } = multipart({ file: Buffer.alloc(0) });
    const request = openUpload(stack, { contentType }, { 'content-length': String(60 * 2 ** 20) });
    request.write(head);
    const answer = await readResponse(await responseOf(request));
    request.destroy();
    expect([answer.status, answer.json.errors?.[0]?.extensions.code]).toEqual([507, 'disk-full']);
    const small = await upload(stack, { file: wavFile(1) });
    expect(small.json.data.createTranscription.__typename).toBe('CreateTranscriptionPayload');
  },
);
