import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { path } = workerData as { path: string };
const sha256 = createHash('sha256');
const sha1 = createHash('sha1');
let sizeBytes = 0;
for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
  const bytes = chunk as Buffer;
  sizeBytes += bytes.length;
  sha256.update(bytes);
  sha1.update(bytes);
}
parentPort?.postMessage({ sha256: sha256.digest('hex'), sha1: sha1.digest('hex'), sizeBytes });
