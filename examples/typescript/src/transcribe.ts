// A recording becomes subtitles, with progress: node examples/typescript/dist/transcribe.js talk.mp3 > talk.srt
import { ClientError, createClient } from '@voice-transcriber/client';

const { VT_URL = 'http://127.0.0.1:5001', VT_API_KEY = '' } = process.env;
const [file = 'test/fixtures/audio/jfk.flac'] = process.argv.slice(2);
const client = createClient({ url: VT_URL, apiKey: VT_API_KEY });

try {
  const transcription = await client.transcribe(
    file,
    { language: 'en', wordTimes: true },
    {
      onUpload: (sentBytes, totalBytes = sentBytes) => console.error(`uploading: ${sentBytes} of ${totalBytes} bytes`),
      onProgress: ({ fraction, etaSeconds }, state) =>
        console.error(`${state}: ${Math.round(fraction * 100)} %, ${etaSeconds?.toFixed(0) ?? '?'} s left`),
    },
  );
  console.log(await client.export(transcription.id, 'srt'));
} catch (error) {
  if (!(error instanceof ClientError)) throw error;
  console.error(`${error.code}: ${error.message} ${error.action}`);
  process.exitCode = 1;
}
