// Begins an upload and is killed in the middle of it, as a machine that loses power: node upload-and-die.mjs URL KEY FILE STORE BYTES
import { createClient, createFileResumeStore } from '@voice-transcriber/client';

const [url = '', apiKey = '', file = '', store = '', bytes = ''] = process.argv.slice(2);
await createClient({ url, apiKey }).upload(file, {
  resumeStore: createFileResumeStore(store),
  onUpload(sentBytes) {
    if (sentBytes > Number(bytes)) process.kill(process.pid, 'SIGKILL');
  },
});
