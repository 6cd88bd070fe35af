// A program that was written for OpenAI's API, with another address: node examples/typescript/dist/openai-client.js talk.mp3
import { createReadStream } from 'node:fs';
import OpenAI from 'openai';

const { VT_URL = 'http://127.0.0.1:5001', VT_API_KEY = '' } = process.env;
const [path = 'test/fixtures/audio/jfk.flac'] = process.argv.slice(2);
const openai = new OpenAI({ baseURL: `${VT_URL}/v1`, apiKey: VT_API_KEY });

const { text, words } = await openai.audio.transcriptions.create({
  file: createReadStream(path),
  model: 'whisper-1',
  response_format: 'verbose_json',
  timestamp_granularities: ['word'],
});
console.log(text);
for (const { word, start, end } of words ?? []) console.log(`${start.toFixed(2)} to ${end.toFixed(2)}: ${word}`);

const stream = await openai.audio.transcriptions.create({
  file: createReadStream(path),
  model: 'whisper-1',
  stream: true,
});
for await (const event of stream) {
  if (event.type === 'transcript.text.delta') process.stdout.write(event.delta);
}
process.stdout.write('\n');
