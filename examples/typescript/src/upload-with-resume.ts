// A large file over a shaky line: end this program in the middle, start it again, and it goes on where it was.
// node examples/typescript/dist/upload-with-resume.js talk.wav
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, createFileResumeStore } from '@voice-transcriber/client';

const { VT_URL = 'http://127.0.0.1:5001', VT_API_KEY = '' } = process.env;
const [file = 'test/fixtures/audio/jfk.flac'] = process.argv.slice(2);
const client = createClient({ url: VT_URL, apiKey: VT_API_KEY });

const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
const { id: uploadId, resumed } = await client.upload(file, {
  resumeStore: createFileResumeStore(join(tmpdir(), 'voice-transcriber-uploads')),
  signal: abort.signal,
  onUpload: (sentBytes, totalBytes) => console.error(`${sentBytes} of ${totalBytes ?? '?'} bytes`),
});
console.error(resumed ? 'Went on with an earlier upload.' : 'Sent as a new upload.');

const { text } = await client.transcribe({ uploadId });
console.log(text);
