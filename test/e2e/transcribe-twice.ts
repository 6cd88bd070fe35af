import { openDatabase } from '@voice-transcriber/db';
import { type Stack, waitFor } from '@voice-transcriber/testkit';
import { query, upload } from '../api/requests.js';

interface Line {
  readonly id: string;
  readonly revision: number;
  readonly text: string;
  readonly words: readonly { readonly text: string; readonly startSeconds: number }[];
}

const CREATE_AGAIN = `mutation ($id: ID!) { createTranscription(input: { source: { mediaId: $id }, language: "en" }) {
  ... on CreateTranscriptionPayload { transcription { id } } } }`;

async function untilCompleted(stack: Stack, id: string): Promise<void> {
  const state = async (): Promise<boolean> => {
    const { json } = await query(stack, 'query ($id: ID!) { transcription(id: $id) { state } }', { id });
    return json.data.transcription.state === 'COMPLETED';
  };
  await waitFor(state, { timeoutMilliseconds: 240_000, intervalMilliseconds: 250, what: 'the transcript' });
}

/** Two finished runs of one recording, by their ids. */
export async function transcribeTwice(
  stack: Stack,
  recording: { readonly file: Buffer; readonly filename: string },
): Promise<{ readonly first: string; readonly second: string }> {
  const { json } = await upload(stack, recording);
  const { id: first } = json.data.createTranscription.transcription;
  await untilCompleted(stack, first);
  const found = await query(stack, 'query ($id: ID!) { transcription(id: $id) { media { id } } }', { id: first });
  const repeated = await query(stack, CREATE_AGAIN, { id: found.json.data.transcription.media.id });
  const { id: second } = repeated.json.data.createTranscription.transcription;
  await untilCompleted(stack, second);
  return { first, second };
}

export async function readLines(stack: Stack, id: string): Promise<readonly Line[]> {
  const document = `query ($id: ID!) { transcription(id: $id) { segments(first: 100) {
    nodes { id revision text words { text startSeconds } } } } }`;
  return (await query(stack, document, { id })).json.data.transcription.segments.nodes;
}

/** Makes the first word one that the model was not sure of: clear speech has none. */
export async function doubtFirstWord(stack: Stack, id: string): Promise<void> {
  const [line] = await readLines(stack, id);
  if (line === undefined) throw new Error('The transcript has no line.');
  const rowId = Buffer.from(line.id, 'base64url').toString().replace('Segment:', '');
  const db = openDatabase(stack.databaseUrl, { connectionsMax: 1 });
  await db.sql`update segments set words = jsonb_set(words, '{0,3}', '0.2') where id = ${rowId}`;
  await db.close();
}
