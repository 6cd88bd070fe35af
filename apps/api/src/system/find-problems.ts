import type { DatabaseFacts } from '@voice-transcriber/db';
import { readMigrationState } from '@voice-transcriber/db';
import {
  checkAudioOptimization,
  checkBackends,
  checkDiskSpace,
  checkLoad,
  checkMemory,
  checkQueue,
  checkSettings,
  checkSpool,
  checkTools,
  checkVectorInstructions,
  checkWorkers,
  judgeConnections,
  judgeDatabase,
  judgeMigrations,
  modelMemoryBytes,
  ok,
  problem,
  readMachine,
  readQueueState,
  type Finding,
} from '@voice-transcriber/doctor';
import type { Services } from '../graphql/context.js';

/** What `vt doctor` says, as far as it can be told from here without measuring: this machine, the database, and what the workers report of theirs. */
export async function findProblems(
  services: Services,
  { database, databaseMilliseconds }: { readonly database: DatabaseFacts; readonly databaseMilliseconds: number },
): Promise<Finding[]> {
  const { config, db, findTools, modelStore } = services;
  const { defaultModel } = config.inference;
  const machine = await readMachine({ diskPath: config.storage.directory });
  const state = await readQueueState(db.orm);
  const running = state.workers.filter(({ state: one }) => one === 'running');
  const byHost = new Map(running.map(({ host, backends }) => [host, backends]));
  return [
    await checkTools(findTools),
    checkVectorInstructions(machine),
    ...[...byHost].flatMap(([host, backends]) => checkBackends(backends, host)),
    (await modelStore.find(defaultModel)) === undefined
      ? problem('model', 'DEFAULT_MODEL is not installed', `Pull or import it, or set DEFAULT_MODEL.`, {
          subject: defaultModel,
        })
      : ok('model', 'installed', { subject: defaultModel }),
    checkLoad(machine),
    ...checkMemory(machine, config, await modelMemoryBytes(modelStore, defaultModel)),
    checkDiskSpace(machine, config),
    await checkSpool(config),
    ...checkSettings(config, machine),
    checkAudioOptimization(config),
    judgeDatabase(database, databaseMilliseconds),
    judgeMigrations(await readMigrationState(db.orm)),
    judgeConnections(database),
    ...checkWorkers(state.workers, { cores: { host: machine.host, count: machine.cores } }),
    ...checkQueue(state),
  ];
}
