import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { CONFIG_VARIABLES, ConfigError, loadConfig, parseConfig } from './index.js';
import { READERS } from './restarts.js';

test('an empty environment gives the defaults of the performance guide', () => {
  const config = parseConfig({});
  expect(config.jobs.concurrentMax).toBe(3);
  expect(config.inference.modelCacheSize).toBe(2);
  expect(config.audio.chunkSeconds).toBe(600);
  expect(config.inference.gpuEnabled).toBe(true);
  expect(config.inference.gpuMemoryFraction).toBe(0.8);
  expect(config.inference.memoryOptimization).toBe(true);
  expect(config.upload.fileBytesMax).toBe(500 * 1024 * 1024);
  expect(config.audio.optimization).toBe(true);
  expect(config.jobs.cleanupIntervalSeconds).toBe(300);
  expect(config.logging).toEqual({ level: 'warn', performanceMetrics: true });
});

test('an empty environment listens on this machine only and keeps everything in the data directory', () => {
  const config = parseConfig({});
  expect(config.instanceId).toBe(hostname());
  expect(config.databaseUrl).toBeUndefined();
  expect(config.api).toEqual({
    host: '127.0.0.1',
    port: 5001,
    portIsExplicit: false,
    consoleOrigins: ['http://localhost:3000', 'http://127.0.0.1:3000'],
    publicUrl: 'http://127.0.0.1:5001',
    trustedProxies: [],
  });
  expect(config.console).toEqual({ host: '127.0.0.1', port: 3000, portIsExplicit: false });
  expect(config.worker.healthPort).toBe(0);
  expect(config.inference.defaultModel).toBe('base-q8_0');
  expect(config.inference.threads).toBeUndefined();
  expect(config.dataDirectory).toMatch(/^\/.*\/data$/);
  expect(config.storage.directory).toBe(`${config.dataDirectory}/storage`);
  expect(config.inference.modelsDirectory).toBe(`${config.dataDirectory}/models`);
});

test('every variable says what it does, what it accepts and what must be started again after a change', () => {
  for (const { name, accepts, effect, restart } of CONFIG_VARIABLES) {
    expect([name, accepts !== '', effect.endsWith('.'), restart !== '']).toEqual([name, true, true, true]);
  }
  const names = CONFIG_VARIABLES.map(({ name }) => name);
  expect(Object.keys(READERS).filter((name) => !names.includes(name))).toEqual([]);
});

test('threads are taken from the more specific variable first', () => {
  expect(parseConfig({ MKL_NUM_THREADS: '4' }).inference.threads).toBe(4);
  expect(parseConfig({ MKL_NUM_THREADS: '4', OMP_NUM_THREADS: '2' }).inference.threads).toBe(2);
  const all = { MKL_NUM_THREADS: '4', OMP_NUM_THREADS: '2', INFERENCE_THREADS: '1' };
  expect(parseConfig(all).inference.threads).toBe(1);
});

test('directories follow the data directory unless they are named', () => {
  const config = parseConfig({ DATA_DIR: '/var/voice', MODELS_DIR: '/opt/models' });
  expect(config.storage.directory).toBe('/var/voice/storage');
  expect(config.inference.modelsDirectory).toBe('/opt/models');
});

test('an object storage needs a bucket, and a key needs its secret; what is missing is told together', () => {
  const error = catchError(() => parseConfig({ STORAGE: 'S3', S3_ACCESS_KEY_ID: 'key' }));
  expect((error as ConfigError).problems.map(({ variable }) => variable)).toEqual([
    'S3_BUCKET',
    'S3_SECRET_ACCESS_KEY',
  ]);
  expect(parseConfig({}).storage.s3).toBeUndefined();
  expect(
    parseConfig({
      STORAGE: 's3',
      S3_BUCKET: 'voice',
      S3_ENDPOINT: 'http://minio:9000/',
      S3_PREFIX: '/team/a/',
      S3_ACCESS_KEY_ID: 'key',
      S3_SECRET_ACCESS_KEY: 'secret',
    }).storage.s3,
  ).toEqual({
    bucket: 'voice',
    endpoint: 'http://minio:9000',
    region: 'us-east-1',
    prefix: 'team/a',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    forcePathStyle: true,
  });
});

test.each([
  ['True', true],
  ['true', true],
  ['1', true],
  ['YES', true],
  ['on', true],
  ['False', false],
  ['0', false],
  ['no', false],
  ['Off', false],
])('the truth value %s is %s', (text, expected) => {
  expect(parseConfig({ AUDIO_OPTIMIZATION: text }).audio.optimization).toBe(expected);
});

test.each([
  ['500MB', 500 * 1024 ** 2],
  ['500 mb', 500 * 1024 ** 2],
  ['2G', 2 * 1024 ** 3],
  ['1.5GiB', 1.5 * 1024 ** 3],
  ['1_000', 1000],
  ['64k', 65_536],
])('the size %s is %d bytes', (text, expected) => {
  expect(parseConfig({ MAX_FILE_SIZE: text }).upload.fileBytesMax).toBe(expected);
});

test.each([
  ['WARNING', 'warn'],
  ['Critical', 'fatal'],
  ['NOTSET', 'trace'],
  ['info', 'info'],
])('the log level %s of a Python program is %s', (text, expected) => {
  expect(parseConfig({ LOG_LEVEL: text }).logging.level).toBe(expected);
});

test('ports that a person chose are marked, even when they equal the default', () => {
  const config = parseConfig({ API_PORT: '5001', CONSOLE_PORT: '8080' });
  expect(config.api.portIsExplicit).toBe(true);
  expect(config.console.portIsExplicit).toBe(true);
  expect(config.api.consoleOrigins).toEqual(['http://localhost:8080', 'http://127.0.0.1:8080']);
});

test('the public address is one that can be reached, whatever the API listens on', () => {
  expect(parseConfig({ API_HOST: '0.0.0.0' }).api.publicUrl).toBe('http://127.0.0.1:5001');
  expect(parseConfig({ API_HOST: '::1' }).api.publicUrl).toBe('http://[::1]:5001');
  expect(parseConfig({ PUBLIC_API_URL: 'https://voice.example.org/' }).api.publicUrl).toBe('https://voice.example.org');
});

test('trusted proxies are addresses, networks or named networks, and nothing else', () => {
  const parse = (text: string) => parseConfig({ TRUSTED_PROXIES: text }).api.trustedProxies;
  expect(parse('loopback, 10.0.0.0/8,fd00::1')).toEqual(['loopback', '10.0.0.0/8', 'fd00::1']);
  for (const text of ['*', 'true', '10.0.0.0/64', 'nginx']) expect(() => parse(text)).toThrow(ConfigError);
});

test('INFERENCE_THREADS wins over OMP_NUM_THREADS', () => {
  expect(parseConfig({ OMP_NUM_THREADS: '4' }).inference.threads).toBe(4);
  expect(parseConfig({ OMP_NUM_THREADS: '4,2', INFERENCE_THREADS: '6' }).inference.threads).toBe(6);
});

test('an empty variable counts as unset', () => {
  expect(parseConfig({ MAX_CONCURRENT_JOBS: ' ' }).jobs.concurrentMax).toBe(3);
});

test('every wrong variable is named at once, with what is accepted', () => {
  const environment = {
    MAX_CONCURRENT_JOBS: 'many',
    MAX_FILE_SIZE: '-1MB',
    CONSOLE_ORIGINS: '*',
    API_PORT: '70000',
    GPU_MEMORY_FRACTION: '0',
    AUDIO_OPTIMIZATION: 'maybe',
  };
  const error = catchError(() => parseConfig(environment));
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as ConfigError).problems.map(({ variable }) => variable).sort()).toEqual(
    Object.keys(environment).sort(),
  );
  expect((error as ConfigError).message).toContain(
    'MAX_CONCURRENT_JOBS="many": accepted is a whole number from 1 to 256',
  );
});

test('a refused database address is not repeated, because it holds a password', () => {
  const error = catchError(() => parseConfig({ DATABASE_URL: 'mysql://root:hunter2@db/x' }));
  expect(String(error)).toContain('DATABASE_URL');
  expect(String(error)).not.toContain('hunter2');
});

test('every variable is documented, and its literal default is accepted', () => {
  for (const { name, default: defaultText, effect } of CONFIG_VARIABLES) {
    expect(effect).toMatch(/^[A-Z].*\.$/);
    if (!defaultText.includes('<')) expect(() => parseConfig({ [name]: defaultText })).not.toThrow();
  }
});

test('the environment is parsed once per process', () => {
  const environment = { LOG_LEVEL: 'DEBUG' };
  expect(loadConfig(environment)).toBe(loadConfig(environment));
});

function catchError(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('traces go below the collector, unless they have an address of their own, and are off without one', () => {
  expect(parseConfig({}).tracing).toEqual({ tracesUrl: undefined, exportDelayMilliseconds: 1000 });
  const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
  expect(parseConfig(collector).tracing.tracesUrl).toBe('http://collector:4318/v1/traces');
  const own = { ...collector, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:4318/otlp' };
  expect(parseConfig(own).tracing.tracesUrl).toBe('http://traces:4318/otlp');
});

test('a metrics token that can be guessed is refused, and not repeated in the message', () => {
  const error = catchError(() => parseConfig({ METRICS_TOKEN: 'short-secret' })) as ConfigError;
  expect(error.problems).toEqual([
    { variable: 'METRICS_TOKEN', value: undefined, accepts: 'at least 16 characters without spaces' },
  ]);
  expect(error.message).not.toContain('short-secret');
});

test('ports that browsers and fetch refuse are refused at the start: a server there could not be reached', async () => {
  for (const refused of ['22', '5060', '5061', '6000', '6667', '10080']) {
    await expect(fetch(`http://127.0.0.1:${refused}`)).rejects.toMatchObject({ cause: { message: 'bad port' } });
    expect(() => parseConfig({ API_PORT: refused }), refused).toThrow(/API_PORT="\d+": .*browsers/);
    expect(() => parseConfig({ CONSOLE_PORT: refused }), refused).toThrow(ConfigError);
  }
  expect(parseConfig({ API_PORT: '0', CONSOLE_PORT: '443' })).toMatchObject({
    api: { port: 0 },
    console: { port: 443 },
  });
});
