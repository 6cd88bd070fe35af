import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createProcessWatch } from './process-watch.js';

test('a grandchild that outlives its parent is named and ended', async () => {
  const parent = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const watch = createProcessWatch();
  watch.note(parent.pid ?? 0);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  expect(await watch.endLeaked(50)).toEqual([`${line.toString().trim()} sleep 60`]);
  expect(await watch.endLeaked(5_000)).toEqual([]);
});
