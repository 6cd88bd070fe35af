import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseGpus, readGpus } from './gpu-readings.js';

test('each card is a reading, in base units, and what a card does not tell is left out', () => {
  const csv = '0, NVIDIA RTX A2000, 37, 1024, 6138, 61, 43.21\n1, Tesla K80, [N/A], 10, 11441, [N/A], [N/A]\n';
  expect(parseGpus(csv)).toEqual([
    {
      index: '0',
      name: 'NVIDIA RTX A2000',
      utilizationRatio: 0.37,
      memoryBytesUsed: 1024 * 1024 ** 2,
      memoryBytesTotal: 6138 * 1024 ** 2,
      temperatureCelsius: 61,
      powerWatts: 43.21,
    },
    {
      index: '1',
      name: 'Tesla K80',
      utilizationRatio: 0,
      memoryBytesUsed: 10 * 1024 ** 2,
      memoryBytesTotal: 11441 * 1024 ** 2,
      temperatureCelsius: undefined,
      powerWatts: undefined,
    },
  ]);
});

test('the driver is asked for exactly the fields that are read, and a machine without one has no cards', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gpu-readings-'));
  try {
    const program = join(directory, 'nvidia-smi');
    const script = `#!/bin/sh
case "$1" in --query-gpu=index,name,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw) ;; *) exit 1;; esac
[ "$2" = "--format=csv,noheader,nounits" ] && echo "0, Card, 100, 1, 2, 30, 5.5"
`;
    writeFileSync(program, script, { mode: 0o755 });
    expect(await readGpus(program)).toMatchObject([{ name: 'Card', utilizationRatio: 1, powerWatts: 5.5 }]);
    expect(await readGpus(join(directory, 'missing'))).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
