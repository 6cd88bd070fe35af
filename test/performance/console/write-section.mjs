import { join } from 'node:path';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';
import { describeMachine } from '../../peers/describe-machine.mjs';
import { replaceMeasured } from '../../peers/replace-measured.mjs';

const DOCUMENT = join(REPOSITORY_DIRECTORY, 'docs/operations/console-load.md');

/** Writes a table of figures into the page about the console under load, with the day and the machine. */
export async function writeSection(name, head, rows) {
  const { processor, cores, memoryGibibytes, system, node } = await describeMachine();
  const where = `${new Date().toISOString().slice(0, 10)}; ${processor}, ${cores} cores, ${memoryGibibytes} GiB, ${system}, Node ${node}.`;
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  await replaceMeasured(DOCUMENT, [where, '', ...lines].join('\n'), name);
}
