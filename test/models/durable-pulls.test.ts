import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { waitFor } from '@voice-transcriber/testkit';
import { afterAll, beforeEach, expect } from 'vitest';
import { closeStreams, subscribe } from '../api/event-streams.js';
import {
  ask, deleteModel, directory, FILE, FILE_BYTES, finished, MEBIBYTE, NAME, pullModel, readModel, readPull, served, stack, testWithFile, useModelStack,
} from './model-stack.js';

useModelStack(2);
afterAll(closeStreams);
beforeEach(() => {
  served.offsets = [];
  served.openUpTo = Infinity;
});

testWithFile(
  'a pull goes on with another worker where one was killed, is told live, and is joined by whoever wants the same',
  async () => {
    const stream = await subscribe(
      stack,
      `subscription { consoleEvents { __typename
        ... on ModelPullChanged { pull { id state bytesDone } }
        ... on ModelsChanged { models { name installed } } } }`,
    );
    await waitFor(() => stream.events.length > 0, { timeoutMilliseconds: 5000, what: 'the snapshot' });
    served.openUpTo = 20 * MEBIBYTE;
    const { pull, existing } = await pullModel();
    expect(existing).toBe(false);
    expect(await pullModel()).toMatchObject({ existing: true, pull: { id: pull.id } });
    const held = await waitFor(
      async () => {
        const now = await readPull(pull.id);
        return now.bytesDone === served.openUpTo ? now : undefined;
      },
      { timeoutMilliseconds: 20_000, what: 'twenty mebibytes' },
    );
    expect(await deleteModel(NAME)).toMatchObject({ code: 'model-missing' });

    await stack.killWorker(stack.workers.findIndex((worker) => worker?.pid === held.worker.pid));
    served.openUpTo = Infinity;
    const end = await finished(pull.id);
    expect(end).toMatchObject({ state: 'SUCCEEDED', bytesDone: FILE_BYTES, fraction: 1, attempts: 2, error: null });
    expect(end.worker.pid).not.toBe(held.worker.pid);
    const [first, second, ...more] = served.offsets;
    console.log(`The second worker asked from byte ${second} of ${20 * MEBIBYTE} that the first had received.`);
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(0);
    expect(more).toEqual([]);

    expect(await readModel()).toMatchObject({ installed: true, deletable: true, pull: { state: 'SUCCEEDED' } });
    expect((await readFile(path.join(directory, `ggml-${NAME}.bin`))).equals(await readFile(FILE))).toBe(true);
    expect((await readdir(directory)).filter((name) => name.startsWith('.'))).toEqual([]);
    await waitFor(
      () =>
        stream.events.some(({ __typename, pull: seen }) => __typename === 'ModelPullChanged' && seen.state === 'SUCCEEDED') &&
        stream.events.some(
          ({ __typename, models }) =>
            __typename === 'ModelsChanged' &&
            models.some((model: { name: string; installed: boolean }) => model.name === NAME && model.installed),
        ),
      { timeoutMilliseconds: 10_000, what: 'the news on the stream' },
    );
    expect(await pullModel()).toMatchObject({ code: 'model-installed' });
  expect(await deleteModel(NAME)).toMatchObject({ deletedName: NAME });
  expect(await readdir(directory)).toEqual([]);

  },
);

testWithFile('a cancelled pull stops and leaves nothing; a failed one says why and may be tried again', async () => {
  served.openUpTo = 5 * MEBIBYTE;
  const { pull } = await pullModel();
  await waitFor(async () => (await readPull(pull.id)).bytesDone === served.openUpTo, {
    timeoutMilliseconds: 20_000,
    what: 'five mebibytes',
  });
  const cancel = async () =>
    (
      await ask(
        `mutation ($id: ID!) { cancelModelPull(input: { id: $id }) {
          __typename ... on Error { code message } ... on ModelPullPayload { pull { state } } } }`,
        { id: pull.id },
      )
    ).cancelModelPull;
  expect(await cancel()).toMatchObject({ pull: { state: 'CANCELLED' } });
  expect(await cancel()).toMatchObject({ code: 'pull-ended' });
  await waitFor(async () => (await readdir(directory)).length === 0, {
    timeoutMilliseconds: 10_000,
    what: 'an empty directory',
  });

  expect(await pullModel('nonsense')).toMatchObject({ code: 'model-unknown' });
  // The mirror has one file only, whatever is asked for: it is not the one that the catalogue promises.
  const { pull: wrong } = await pullModel('tiny-q5_1');
  expect(await finished(wrong.id)).toMatchObject({ state: 'FAILED', error: { code: 'mirror-answer-wrong' } });
});

