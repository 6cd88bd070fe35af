import type { Database } from '@voice-transcriber/db';
import { notifyWorkers } from '../tasks.js';

const PREFIX = 'unload-model:';

/** Tells every worker to drop a model that it does nothing with. Those that are at work on it keep it. */
export async function unloadModel(db: Database, { model }: { readonly model: string }): Promise<void> {
  await notifyWorkers(db.orm, `${PREFIX}${model}`);
}

/** The model that a ring on the control channel asks to unload; undefined when it is about something else. */
export function modelToUnload(ring: string | undefined): string | undefined {
  return ring?.startsWith(PREFIX) === true ? ring.slice(PREFIX.length) : undefined;
}
