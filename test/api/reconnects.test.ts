import { openDatabase, type Database } from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeStreams, subscribe, type Stream } from './event-streams.js';
import { upload, wavFile, type Api } from './requests.js';

let stack: Stack;
let db: Database;
let apis: readonly [Api, Api];

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  const second = await stack.startApi();
  apis = [stack, { apiUrl: second.ready.url, apiKey: stack.apiKey }];
  db = openDatabase(stack.databaseUrl, { connectionsMax: 2 });
});
afterEach(closeStreams);
afterAll(async () => {
  await db.close();
  await stack.stop();
});

const FOLLOW = `subscription ($id: ID!, $after: Int) {
  transcriptionEvents(id: $id, after: $after) { __typename ... on WarningRaised { seq } }
}`;
const CUTS = 100;

/** One event behind the other, until it is told to stop. */
function keepWriting(transcriptionId: string): { stop(): Promise<number> } {
  let stopped = false;
  const written = (async () => {
    let seq = 0;
    while (!stopped) {
      seq = await db.orm.transaction((transaction) =>
        appendEvent(transaction, {
          transcriptionId,
          type: 'warning-raised',
          payload: { warning: { code: 'noted', message: 'Noted.' } },
        }),
      );
    }
    return seq;
  })();
  return {
    stop: () => {
      stopped = true;
      return written;
    },
  };
}

test('a follower that is cut off while events are written, and resumes at the other instance each time, misses none and gets none twice', async () => {
  const { json } = await upload(stack, { file: wavFile(1, 1) });
  const { id } = json.data.createTranscription.transcription;
  const writer = keepWriting(Buffer.from(id, 'base64url').toString().replace('Transcription:', ''));
  const seen: number[] = [];
  const take = ({ events }: Stream): void => {
    seen.push(...events.splice(0).map(({ seq }) => seq as number));
  };
  const follow = (round: number): Promise<Stream> =>
    subscribe(round % 2 === 0 ? apis[0] : apis[1], FOLLOW, { id, after: seen.at(-1) ?? 1 });

  for (let round = 0; round < CUTS; round += 1) {
    const stream = await follow(round);
    // Another number each time: at the first event of a connection, and in the middle of a burst.
    await waitFor(() => stream.events.length > round % 5, { timeoutMilliseconds: 5000, intervalMilliseconds: 1 });
    stream.breakOff();
    take(stream);
  }
  const last = await writer.stop();
  const rest = await follow(CUTS);
  await waitFor(() => (take(rest), seen.at(-1) === last), { timeoutMilliseconds: 5000, what: 'the last event' });
  expect(seen).toEqual(Array.from({ length: last - 1 }, (_, index) => index + 2));
});
