import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseConfig } from '@voice-transcriber/config';
import type { BackendReport } from '@voice-transcriber/inference';
import { afterEach, expect, test } from 'vitest';
import {
  checkAudioOptimization,
  checkDiskSpace,
  checkGraphics,
  checkLoad,
  checkMemory,
  checkNativeBuilds,
  checkSettings,
  checkSpool,
  checkVectorInstructions,
  judgeDiskSpeed,
  judgePreparation,
  measureDisk,
  readMachine,
  type Finding,
  type Machine,
} from './index.js';

const roots: string[] = [];
afterEach(() => roots.splice(0).forEach((root) => rmSync(root, { recursive: true })));

function directoryWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'doctor-machine-'));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const MEMINFO = 'MemTotal: 8000000 kB\nMemAvailable: 6000000 kB\nSwapTotal: 4000000 kB\nSwapFree: 4000000 kB\n';
const GROUPS = { 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cgroup.controllers': 'cpu memory\n' };

/** A machine as its /proc and /sys tell it. */
async function machineWith(files: Readonly<Record<string, string>>, changes: Partial<Machine> = {}): Promise<Machine> {
  const systemRoot = directoryWith({ 'proc/meminfo': MEMINFO, ...files });
  const machine = await readMachine({ diskPath: tmpdir(), systemRoot });
  return { ...machine, architecture: 'x64', ...changes };
}

function report(name: string, facts: Record<string, string>, kind = 'cpu'): BackendReport {
  const devices = [{ id: kind, kind, name: `a ${kind}`, memoryBytesTotal: 1 }];
  return { name, status: 'available', devices, facts, selfTests: [] };
}

const only = (findings: readonly Finding[], code: string) => findings.filter((finding) => finding.code === code);

test('a processor without AVX2 is a warning that names the instruction, and one with it is none', async () => {
  const old = await machineWith({ 'proc/cpuinfo': 'flags\t\t: sse2 avx fma\n' });
  expect(checkVectorInstructions(old)).toMatchObject({
    code: 'vector-instructions',
    level: 'warning',
    measured: expect.stringContaining('AVX2 is missing') as string,
  });
  const recent = await machineWith({ 'proc/cpuinfo': 'flags\t\t: sse2 avx avx2 fma avx512_vnni\n' });
  expect(checkVectorInstructions(recent)).toMatchObject({ level: 'ok' });
  const small = await machineWith({ 'proc/cpuinfo': 'Features\t: fp asimd\n' }, { architecture: 'arm64' });
  expect(checkVectorInstructions(small)).toMatchObject({ level: 'warning' });
});

test('an engine that was compiled without what the processor has is told with the command that compiles it again', async () => {
  const machine = await machineWith({ 'proc/cpuinfo': 'flags\t\t: avx2 fma avx512f avx512_vnni\n' });
  const findings = checkNativeBuilds(machine, [
    report('generic', { instructions: 'AVX AVX2 FMA' }),
    report('native', { instructions: 'AVX AVX2 FMA AVX512F AVX512VNNI' }),
    report('choosing', { instructions: 'chosen at run time' }),
  ]);
  expect(findings.map(({ level }) => level)).toEqual(['warning', 'ok', 'ok']);
  expect(findings[0]).toMatchObject({
    code: 'native-build',
    subject: 'generic',
    measured: expect.stringContaining('AVX512F, AVX512VNNI') as string,
    fix: expect.stringContaining('npm run build:native') as string,
  });
});

test('a graphics processor is found without its driver, with one that no engine uses, and switched off', async () => {
  const card = { 'sys/bus/pci/devices/0/vendor': '0x10de\n', 'sys/bus/pci/devices/0/class': '0x030000\n' };
  const driver = { 'proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX x86_64 Kernel Module 550.54\nGCC\n' };
  const processors = [report('one', {})];
  const on = { gpuEnabled: true };
  expect(checkGraphics(await machineWith({}), processors, on)).toMatchObject({ level: 'ok' });
  expect(checkGraphics(await machineWith(card), processors, on)).toMatchObject({
    code: 'graphics',
    level: 'warning',
    measured: expect.stringContaining('driver is not loaded') as string,
  });
  expect(checkGraphics(await machineWith({ ...card, ...driver }), processors, on)).toMatchObject({
    level: 'warning',
    measured: expect.stringContaining('550.54') as string,
  });
  const used = [report('two', {}, 'cuda')];
  expect(checkGraphics(await machineWith({ ...card, ...driver }), used, on)).toMatchObject({ level: 'ok' });
  expect(checkGraphics(await machineWith(card), used, { gpuEnabled: false })).toMatchObject({
    level: 'warning',
    fix: expect.stringContaining('ENABLE_GPU_ACCELERATION') as string,
  });
});

test('a busy processor is a warning from one and a half times its cores on', async () => {
  expect(checkLoad(await machineWith({}, { cores: 2, loadAverage: 3 }))).toMatchObject({ level: 'ok' });
  expect(checkLoad(await machineWith({}, { cores: 2, loadAverage: 3.1 }))).toMatchObject({
    code: 'processor',
    level: 'warning',
  });
});

test('memory that the default model does not fit into is a problem, swapping is a warning', async () => {
  const config = parseConfig({});
  const scarce = await machineWith({ 'proc/meminfo': MEMINFO.replace('6000000', '300000') });
  expect(only(checkMemory(scarce, config, 554e6), 'memory')).toMatchObject([{ level: 'problem' }]);
  const swapping = await machineWith({ 'proc/meminfo': MEMINFO.replace('SwapFree: 4000000', 'SwapFree: 1000000') });
  expect(only(checkMemory(swapping, config, 554e6), 'memory')).toMatchObject([
    { level: 'warning', measured: expect.stringContaining('2.9 GiB swapped out') as string },
  ]);
});

test('a control group near its limit is a warning, and one in which processes were killed for memory is a problem', async () => {
  const config = parseConfig({});
  const full = {
    ...GROUPS,
    'sys/fs/cgroup/memory.max': '2000000000\n',
    'sys/fs/cgroup/memory.current': '1900000000\n',
    'sys/fs/cgroup/memory.stat': 'inactive_file 0\n',
  };
  expect(only(checkMemory(await machineWith(full), config, 1e6), 'memory-limit')).toMatchObject([{ level: 'warning' }]);
  const killed = { ...full, 'sys/fs/cgroup/memory.events': 'low 0\noom 3\noom_kill 2\n' };
  expect(only(checkMemory(await machineWith(killed), config, 1e6), 'memory-limit')).toMatchObject([
    { level: 'problem', measured: expect.stringContaining('ended 2 processes') as string },
  ]);
});

test('a model cache that the settings let grow beyond the memory is told with the size that fits', async () => {
  const machine = await machineWith({});
  const judge = (environment: Record<string, string>) =>
    only(checkMemory(machine, parseConfig(environment), 3e9), 'memory-settings');
  expect(judge({ WHISPER_MODEL_CACHE_SIZE: '2' })).toMatchObject([{ level: 'ok' }]);
  expect(judge({ WHISPER_MODEL_CACHE_SIZE: '3' })).toMatchObject([
    { level: 'warning', fix: expect.stringContaining('WHISPER_MODEL_CACHE_SIZE=2') as string },
  ]);
  expect(judge({ WHISPER_MODEL_CACHE_SIZE: '3', MEMORY_OPTIMIZATION: 'False' })).toMatchObject([{ level: 'problem' }]);
  expect(judge({ WHISPER_MODEL_CACHE_SIZE: '1', MEMORY_OPTIMIZATION: 'False' })).toMatchObject([{ level: 'warning' }]);
});

test('threads and jobs beyond the cores, threads that leave cores idle, and a small upload limit are warnings', () => {
  const judge = (environment: Record<string, string>, cores: number) =>
    checkSettings(parseConfig(environment), { cores }).filter(({ level }) => level !== 'ok');
  expect(judge({}, 2)).toEqual([]);
  expect(judge({ INFERENCE_THREADS: '8' }, 2)).toMatchObject([{ code: 'threads', level: 'warning' }]);
  expect(judge({ OMP_NUM_THREADS: '1' }, 8)).toMatchObject([{ code: 'threads', level: 'warning' }]);
  expect(judge({ MAX_CONCURRENT_JOBS: '6' }, 2)).toEqual([]);
  expect(judge({ MAX_CONCURRENT_JOBS: '7' }, 2)).toMatchObject([{ code: 'jobs', level: 'warning' }]);
  expect(judge({ MAX_FILE_SIZE: '50MB' }, 2)).toMatchObject([{ code: 'upload-limit', level: 'warning' }]);
});

test('disk space is a warning below four of the largest files and a problem below a gigabyte', () => {
  const config = parseConfig({ MAX_FILE_SIZE: '500MB' });
  const judge = (bytesFree: number) => checkDiskSpace({ disk: { bytesTotal: 1e12, bytesFree } }, config).level;
  expect(judge(4 * 500 * 2 ** 20)).toBe('ok');
  expect(judge(4 * 500 * 2 ** 20 - 1)).toBe('warning');
  expect(judge(1e9 - 1)).toBe('problem');
  expect(checkDiskSpace({ disk: { bytesTotal: 1, bytesFree: 0 } }, config).code).toBe('disk-space');
});

test('the spool is written to, measured, and left as it was; a place that cannot be written to is a problem', async () => {
  const root = directoryWith({ file: '' });
  const good = parseConfig({ STORAGE_DIR: join(root, 'new/storage') });
  expect(await checkSpool(good)).toMatchObject({ code: 'spool', level: 'ok' });
  expect(await measureDisk(good, { bytesTotal: 1e12, bytesFree: 1e12 })).toMatchObject({ code: 'disk-speed' });
  expect(() => mkdirSync(join(root, 'new'))).not.toThrow();
  const blocked = parseConfig({ STORAGE_DIR: join(root, 'file/storage') });
  expect(await checkSpool(blocked)).toMatchObject({
    level: 'problem',
    measured: expect.stringContaining('ENOTDIR') as string,
  });
  expect(await measureDisk(blocked, { bytesTotal: 1e12, bytesFree: 1e12 })).toMatchObject({ level: 'problem' });
});

test('a slow disk and slow preparation are warnings with what was measured', () => {
  expect(judgeDiskSpeed(20)).toMatchObject({ level: 'ok' });
  expect(judgeDiskSpeed(19)).toMatchObject({
    code: 'disk-speed',
    level: 'warning',
    measured: '19 MB/s, written and synced',
  });
  expect(judgePreparation({ audioSeconds: 11, speechSeconds: 10 }, 1)).toMatchObject({ level: 'ok' });
  expect(judgePreparation({ audioSeconds: 11, speechSeconds: 10 }, 3)).toMatchObject({
    code: 'preparation',
    level: 'warning',
  });
  expect(judgePreparation({ audioSeconds: 11, speechSeconds: 0 }, 1)).toMatchObject({ level: 'problem' });
});

test('audio optimization that is switched off is a warning', () => {
  expect(checkAudioOptimization(parseConfig({}))).toMatchObject({ level: 'ok' });
  const off = parseConfig({ AUDIO_OPTIMIZATION: 'False' });
  expect(checkAudioOptimization(off)).toMatchObject({ code: 'audio-optimization', level: 'warning' });
});
