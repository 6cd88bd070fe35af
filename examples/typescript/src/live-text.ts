// Shows the text while it is being heard: node examples/typescript/dist/live-text.js talk.mp3 [--websocket]
// When the connection breaks, the client goes on behind the last event by itself.
import { createClient } from '@voice-transcriber/client';

const { VT_URL = 'http://127.0.0.1:5001', VT_API_KEY = '' } = process.env;
const [file = 'test/fixtures/audio/jfk.flac', transport] = process.argv.slice(2);
const client = createClient({ url: VT_URL, apiKey: VT_API_KEY });

const { transcription } = await client.createTranscription(file);
const events = client.subscribe(transcription.id, { transport: transport === '--websocket' ? 'websocket' : 'events' });
for await (const event of events) {
  if (event.type === 'snapshot' || event.type === 'segments-appended') {
    for (const { startSeconds, text } of event.segments) console.log(`[${startSeconds.toFixed(1)} s] ${text}`);
  }
  if (event.type === 'warning-raised') console.error(event.warning.message);
  if (event.type === 'state-changed') console.error(event.error?.message ?? event.state);
}
