import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openStorage } from '@voice-transcriber/storage';
import { waitFor } from '@voice-transcriber/testkit';
import { findNginx } from '@voice-transcriber/testkit/cluster';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CREATE, query, send, upload, wavFile } from '../api/requests.js';
import { expectInvariants } from '../chaos/expect-invariants.js';
import { startClusterBench, type ClusterBench } from './cluster-bench.js';
import { beginUpload, sendBrokenPieces } from './resumable-pieces.js';

let bench: ClusterBench;

const stateOf = async (id: string): Promise<string> => {
  const { json } = await query(bench, 'query ($id: ID!) { node(id: $id) { ... on Transcription { state } } }', { id });
  return json.data.node.state as string;
};
const completed = (id: string) =>
  waitFor(async () => (await stateOf(id)) === 'COMPLETED', { timeoutMilliseconds: 60_000, what: 'a transcript' });

async function objects(): Promise<string[]> {
  const entries = await readdir(join(bench.directory, 's3'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe.skipIf(findNginx() === undefined)('instances that share a database and a bucket only (needs nginx)', () => {
  beforeAll(async () => {
    bench = await startClusterBench({ apis: 2, workers: 2, storage: 's3' });
  });
  afterAll(() => bench.stop());

  test('a recording is accepted by one instance, prepared and heard by others, and played by any', async () => {
    const file = wavFile(150, 3);
    const { json } = await upload(bench, { file });
    const { transcription } = json.data.createTranscription;
    expect(transcription.media.sha256).toBe(createHash('sha256').update(file).digest('hex'));
    await completed(transcription.id as string);
    for (let round = 0; round < 4; round += 1) {
      const { status, body, headers } = await send({
        url: `${bench.apiUrl}/media/${String(transcription.media.id)}`,
        headers: { authorization: `Bearer ${bench.apiKey}`, range: 'bytes=0-43' },
      });
      expect([status, body.slice(0, 4)]).toEqual([206, 'RIFF']);
      expect(headers['content-range']).toBe(`bytes 0-43/${String(file.length)}`);
    }
  });

  test('an upload in pieces that breaks off goes on at another instance, to the last byte', async () => {
    // More than one piece of five megabytes.
    const file = wavFile(800, 9);
    const pieces = await beginUpload(bench, file.length);
    const { seen, offset } = await sendBrokenPieces(bench, pieces, file);
    await pieces.send(file.subarray(offset), offset);
    expect(seen.size).toBe(2);
    const { json } = await query(bench, CREATE, { input: { source: { uploadId: pieces.id } } });
    const { transcription } = json.data.createTranscription;
    expect(transcription.media.sha256).toBe(createHash('sha256').update(file).digest('hex'));
    await completed(transcription.id as string);
    expect((await objects()).filter((path) => path.includes('/resumable/'))).toEqual([]);
  });

  test('a file that is no recording is refused and leaves nothing in the bucket or on the disk', async () => {
    const before = await objects();
    const { json } = await upload(bench, { file: Buffer.from('this is a text, not a recording\n'.repeat(500)) });
    expect(json.data.createTranscription).toMatchObject({ __typename: 'UploadError', code: 'file-not-audio' });
    expect(await objects()).toEqual(before);
    for (const name of ['1', '2']) {
      expect(await readdir(join(bench.directory, 'local', name, '.spool')).catch(() => [])).toEqual([]);
    }
  });

  test('a deleted transcription takes its recording out of the bucket; what stays is what rows name', async () => {
    const { json } = await upload(bench, { file: wavFile(5, 11) });
    const { id } = json.data.createTranscription.transcription as { id: string };
    await completed(id);
    const before = (await objects()).length;
    await query(bench, 'mutation ($id: ID!) { deleteTranscription(input: { id: $id }) { __typename } }', { id });
    await waitFor(async () => (await objects()).length < before, { timeoutMilliseconds: 10_000, what: 'the deletion' });
    const { settings } = bench.cluster.s3 ?? {};
    if (settings === undefined) throw new Error('There is no bucket.');
    const s3 = { ...settings, prefix: '', forcePathStyle: true };
    const storage = await openStorage({ directory: join(bench.directory, 'local', 'test'), s3 });
    await expectInvariants({ db: bench.db, storage });
    expect(bench.cluster.s3?.refusedSignatures).toBe(0);
  });
});
