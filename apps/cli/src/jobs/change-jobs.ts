import { ClientError, type Transcription } from '@voice-transcriber/client';
import { CliError } from '../cli-error.js';
import { paint } from '../terminal/style.js';

export type JobChange = (id: string) => Promise<Transcription>;

interface Output {
  readonly json: boolean;
}

/** One after the other; one that is refused does not keep the others from their turn. Throws CliError when some were refused. */
export async function changeJobs(ids: readonly string[], change: JobChange, output: Output): Promise<void> {
  await forEach(ids, output, async (id) => {
    const { state, media } = await change(id);
    return { text: `${media.filename} is ${state.toLowerCase()}.`, fact: { id, state } };
  });
}

export async function deleteJobs(
  ids: readonly string[],
  remove: (id: string) => Promise<void>,
  output: Output,
): Promise<void> {
  await forEach(ids, output, async (id) => {
    await remove(id);
    return { text: `${id} is deleted.`, fact: { id, deleted: true } };
  });
}

async function forEach(
  ids: readonly string[],
  { json }: Output,
  act: (id: string) => Promise<{ readonly text: string; readonly fact: object }>,
): Promise<void> {
  const facts: object[] = [];
  let refused = 0;
  for (const id of ids) {
    try {
      const { text, fact } = await act(id);
      facts.push(fact);
      if (!json) console.log(text);
    } catch (error) {
      // Only an answer about this job: a server that is away would refuse the others just so.
      if (!(error instanceof ClientError) || !['not-found', 'invalid-state', 'invalid-input'].includes(error.code))
        throw error;
      refused += 1;
      facts.push({ id, code: error.code, message: error.message });
      if (!json) console.error(`${id}: ${paint('red', error.message, process.stderr)}`);
    }
  }
  if (json) console.log(JSON.stringify(facts, undefined, 2));
  if (refused > 0)
    throw new CliError(`${refused} of ${ids.length} jobs ${refused === 1 ? 'was' : 'were'} not changed.`);
}
