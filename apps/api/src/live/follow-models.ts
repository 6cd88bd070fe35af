import { setTimeout as wait } from 'node:timers/promises';
import { listChangedModelPulls, type Database } from '@voice-transcriber/db';
import type { ModelStore } from '@voice-transcriber/inference';
import { listKnownModels } from '../graphql/known-models.js';
import type { ConsoleEvent } from './console-mailbox.js';

const INTERVAL_MILLISECONDS = 500;
/** Looked back over, so that a pull that was stored by a slow transaction is seen by a later look. */
const CHANGED_SECONDS = 10;
const CHANGED_MAX = 100;

/** Twice a second: pulls that got on, and the models when one came or went. */
export async function followModels(options: {
  readonly db: Database;
  readonly modelStore: ModelStore;
  readonly signal: AbortSignal;
  readonly broadcast: (event: ConsoleEvent) => void;
}): Promise<void> {
  const { db, modelStore, signal, broadcast } = options;
  let pullsSeen = new Map<string, string>();
  let modelsSeen = await describeInstalled(modelStore);
  while (!signal.aborted) {
    const pulls = await listChangedModelPulls(db.orm, { seconds: CHANGED_SECONDS, limit: CHANGED_MAX });
    const pullsNow = new Map(pulls.map((pull) => [pull.id, JSON.stringify(pull)]));
    for (const pull of pulls.reverse()) {
      if (pullsSeen.get(pull.id) !== pullsNow.get(pull.id)) broadcast({ __typename: 'ModelPullChanged', pull });
    }
    pullsSeen = pullsNow;
    const modelsNow = await describeInstalled(modelStore);
    if (modelsNow !== modelsSeen) broadcast({ __typename: 'ModelsChanged', models: await listKnownModels(modelStore) });
    modelsSeen = modelsNow;
    await wait(INTERVAL_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
}

async function describeInstalled(modelStore: ModelStore): Promise<string> {
  return JSON.stringify(await modelStore.list());
}
