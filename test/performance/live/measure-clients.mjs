import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@voice-transcriber/testkit';
import { findFaults, quantiles } from './latencies.mjs';
import { subscribe } from './sse-client.mjs';
import { commitWindow, createRunning, globalId, keyOf, writeWindows } from './write-events.mjs';

const FOLLOW = `subscription ($id: ID!, $after: Int) { transcriptionEvents(id: $id, after: $after) {
  __typename ... on SegmentsAppended { seq segments { id text words { text startSeconds } } progress { fraction } } } }`;
const CONSOLE = `subscription { consoleEvents { __typename ... on TranscriptionChanged { transcription { id lastSeq } } } }`;
const SETTLE_MILLISECONDS = 15_000;

const latenciesOf = (startedAt, received) =>
  [...startedAt].flatMap(([key, at]) => (received.has(key) ? [received.get(key) - at] : []));

async function subscribeAll(apis, ids, received) {
  const streams = [];
  for (const [place, api] of apis.entries()) {
    for (const id of ids) {
      const onData = ({ transcriptionEvents: event }, at) => received[place].set(keyOf(id, event.seq), at);
      streams.push(await subscribe(api, { query: FOLLOW, variables: { id: globalId(id), after: 0 }, onData }));
    }
  }
  return streams;
}

/** Twenty running transcriptions, followed at both instances: one by one, and over the stream that the console's lists live on. */
export async function measureDelivery({ db, apis }) {
  const ids = await createRunning(db, 20);
  const received = apis.map(() => new Map());
  const rows = apis.map(() => new Map());
  const streams = await subscribeAll(apis, ids, received);
  for (const [place, api] of apis.entries()) {
    const onData = ({ consoleEvents: event }, at) => {
      if (event.__typename !== 'TranscriptionChanged') return;
      const { id, lastSeq } = event.transcription;
      rows[place].set(keyOf(id, lastSeq), at);
    };
    streams.push(await subscribe(api, { query: CONSOLE, onData }));
  }
  const startedAt = await writeWindows(db, ids, { rounds: 40, everyMilliseconds: 1000 });
  const complete = () => received.every(({ size }) => size === startedAt.size);
  await waitFor(complete, { timeoutMilliseconds: SETTLE_MILLISECONDS, what: 'all events at both instances' });
  for (const { cut } of streams) cut();
  const byRow = new Map([...startedAt].map(([key, at]) => [key.replace(/^\S+/, globalId), at]));
  return {
    events: received.map((map) => quantiles(latenciesOf(startedAt, map))),
    rows: rows.map((map) => quantiles(latenciesOf(byRow, map))),
  };
}

/** One follower whose connection is cut again and again while events are written, and that resumes at the other instance each time. */
export async function measureReconnects({ db, apis, cuts }) {
  const [id] = await createRunning(db, 1);
  const seqs = [];
  let reconnects = 0;
  let ended = false;
  const follow = async () => {
    const stream = await subscribe(apis[reconnects % apis.length], {
      query: FOLLOW,
      variables: { id: globalId(id), after: seqs.at(-1) ?? 0 },
      onData: ({ transcriptionEvents: event }) => seqs.push(event.seq),
      onEnd: () => undefined,
    });
    return stream;
  };
  const writing = (async () => {
    for (let windowIndex = 0; !ended; windowIndex += 1) await commitWindow(db, { transcriptionId: id, windowIndex });
  })();
  let stream = await follow();
  for (; reconnects < cuts; reconnects += 1) {
    const seen = seqs.length;
    // Somewhere in the next few events: at their start, between them, or while one is on its way.
    await waitFor(() => seqs.length > seen, { timeoutMilliseconds: SETTLE_MILLISECONDS, intervalMilliseconds: 1 });
    await delay(Math.random() * 20);
    stream.cut();
    stream = await follow();
  }
  ended = true;
  await writing;
  const [{ last }] = await db.sql`select max(seq) as last from events where transcription_id = ${id}`;
  await waitFor(() => seqs.at(-1) === last, { timeoutMilliseconds: SETTLE_MILLISECONDS, what: 'the last event' });
  stream.cut();
  return { events: last, reconnects, ...findFaults(seqs) };
}

/** The memory of one instance that has many subscribers, and how late they hear of events. */
export async function measureCrowd({ db, api, pid, subscribers }) {
  const ids = await createRunning(db, 20);
  const received = Array.from({ length: subscribers / ids.length }, () => new Map());
  const before = await residentMebibytes(pid);
  const streams = await subscribeAll(
    Array.from(received, () => api),
    ids,
    received,
  );
  const startedAt = await writeWindows(db, ids, { rounds: 5, everyMilliseconds: 4000 });
  const complete = () => received.every(({ size }) => size === startedAt.size);
  await waitFor(complete, { timeoutMilliseconds: 60_000, what: 'all events at all subscribers' });
  const after = await residentMebibytes(pid);
  for (const { cut } of streams) cut();
  return { before, after, latency: quantiles(received.flatMap((map) => latenciesOf(startedAt, map))) };
}

async function residentMebibytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
