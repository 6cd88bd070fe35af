import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { cudaIndex, findCudaDevices } from './cuda.js';

/** Any file that is there stands for the provider's library: it is only looked for. */
const providerPath = fileURLToPath(import.meta.url);

test('processors of the driver are devices', async () => {
  const report = await findCudaDevices({
    providerPath,
    queryProcessors: async () => '0, NVIDIA L4, 23034\n1, NVIDIA RTX 4000 SFF Ada, 20475\n',
  });
  expect(report.devices).toEqual([
    { id: 'cuda:0', kind: 'cuda', name: 'NVIDIA L4', memoryBytesTotal: 23_034 * 1024 ** 2 },
    { id: 'cuda:1', kind: 'cuda', name: 'NVIDIA RTX 4000 SFF Ada', memoryBytesTotal: 20_475 * 1024 ** 2 },
  ]);
  expect(report.devices.map(cudaIndex)).toEqual([0, 1]);
});

test('what is missing is said: the provider, the driver, a processor', async () => {
  const reasonOf = async (sources: Parameters<typeof findCudaDevices>[0]): Promise<string> => {
    const report = await findCudaDevices(sources);
    return report.devices.length === 0 && 'reason' in report ? report.reason : 'none';
  };
  expect(await reasonOf({ providerPath: '/nowhere/provider.so' })).toContain('no CUDA provider');
  const absent = async (): Promise<string> => Promise.reject(new Error('spawn nvidia-smi ENOENT'));
  expect(await reasonOf({ providerPath, queryProcessors: absent })).toContain('ENOENT');
  expect(await reasonOf({ providerPath, queryProcessors: async () => '' })).toContain('no graphics processor');
});
