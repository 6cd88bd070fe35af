import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LogLevel } from './formats.js';
import { readVariables, type Environment } from './read-variables.js';
import { readStorageConfig, type StorageConfig } from './storage-config.js';

/** Everything that the environment decides, parsed. See CONFIG_VARIABLES for the names, defaults and effects. */
export interface Config {
  readonly instanceId: string;
  /** Whether a person named the instance: then its answers say so. */
  readonly instanceIdIsExplicit: boolean;
  /** Absolute, as are all paths here. */
  readonly dataDirectory: string;
  /** Whether a person chose the data directory. */
  readonly dataDirectoryIsExplicit: boolean;
  /** Undefined: the embedded PostgreSQL is used. */
  readonly databaseUrl: string | undefined;
  readonly storage: StorageConfig;
  /** The server that commands such as `vt transcribe` talk to. Undefined: the one that `vt up` noted in the data directory. */
  readonly client: { readonly url: string | undefined; readonly apiKey: string | undefined };
  readonly api: {
    readonly host: string;
    /** 0 = any free port. */
    readonly port: number;
    /** Whether a person chose the port: then it is kept when it is taken, and the failure is told. */
    readonly portIsExplicit: boolean;
    readonly consoleOrigins: readonly string[];
    /** Without a slash at its end. */
    readonly publicUrl: string;
    /** Addresses and networks; empty: nobody's word is taken. */
    readonly trustedProxies: readonly string[];
  };
  readonly console: { readonly host: string; readonly port: number; readonly portIsExplicit: boolean };
  readonly worker: { readonly healthPort: number };
  readonly upload: { readonly fileBytesMax: number; readonly concurrentMax: number; readonly stallSeconds: number };
  /** Recordings that are named by an address. */
  readonly urlSources: { readonly enabled: boolean; readonly allowPrivate: boolean };
  readonly webhooks: { readonly allowPrivate: boolean };
  readonly audio: {
    readonly chunkSeconds: number;
    /** Whether only speech is transcribed, as found by voice activity detection. */
    readonly optimization: boolean;
    readonly ffmpegPath: string | undefined;
    readonly ffprobePath: string | undefined;
  };
  readonly jobs: {
    readonly concurrentMax: number;
    readonly cleanupIntervalSeconds: number;
    readonly eventsKeptDays: number;
  };
  readonly inference: {
    /** Models kept in memory. */
    readonly modelCacheSize: number;
    readonly gpuEnabled: boolean;
    /** Above 0, up to 1. */
    readonly gpuMemoryFraction: number;
    readonly memoryOptimization: boolean;
    /** Whether backends transcribe a known clip after the start. */
    readonly selfTest: boolean;
    /** Per inference process; undefined: chosen from the cores and the number of jobs. */
    readonly threads: number | undefined;
    readonly defaultModel: string;
    readonly modelsDirectory: string;
    /** Base address of the files that are pulled, without a slash at its end. */
    readonly modelMirror: string;
    /** Models are never fetched. */
    readonly modelsOffline: boolean;
    readonly modelFileBytesMax: number;
    /** Deadline of one window; undefined: worked out from what is expected. */
    readonly windowSecondsMax: number | undefined;
    /** Preferred to the built-in ones. */
    readonly extraBackends: readonly { readonly name: string; readonly moduleUrl: string }[];
    /** Undefined: the built one, else the one on PATH. */
    readonly whisperServerPath: string | undefined;
  };
  readonly logging: { readonly level: LogLevel; readonly performanceMetrics: boolean };
  /** Who shows the token may read metrics. */
  readonly metrics: { readonly token: string | undefined };
  /** Undefined address: there are no traces. */
  readonly tracing: { readonly tracesUrl: string | undefined; readonly exportDelayMilliseconds: number };
}

const REPOSITORY_DIRECTORY = fileURLToPath(new URL('../../../', import.meta.url));

/** Parses an environment. Unset and empty are the same. Throws ConfigError that names every variable that is wrong. */
export function parseConfig(environment: Environment): Config {
  const variables = readVariables(environment);
  const { explicit, withDefault } = variables;

  const dataDirectory = explicit('DATA_DIR') ?? join(REPOSITORY_DIRECTORY, 'data');
  const apiHost = withDefault('API_HOST');
  const apiPort = withDefault('API_PORT');
  const consolePort = withDefault('CONSOLE_PORT');
  const collector = explicit('OTEL_EXPORTER_OTLP_ENDPOINT');

  return {
    instanceId: explicit('INSTANCE_ID') ?? hostname(),
    instanceIdIsExplicit: explicit('INSTANCE_ID') !== undefined,
    dataDirectory,
    dataDirectoryIsExplicit: explicit('DATA_DIR') !== undefined,
    databaseUrl: explicit('DATABASE_URL'),
    storage: readStorageConfig(variables, dataDirectory),
    client: { url: explicit('VT_URL'), apiKey: explicit('VT_API_KEY') },
    api: {
      host: apiHost,
      port: apiPort,
      portIsExplicit: explicit('API_PORT') !== undefined,
      consoleOrigins: explicit('CONSOLE_ORIGINS') ?? [
        `http://localhost:${consolePort}`,
        `http://127.0.0.1:${consolePort}`,
      ],
      trustedProxies: explicit('TRUSTED_PROXIES') ?? [],
      publicUrl: explicit('PUBLIC_API_URL') ?? `http://${reachableHost(apiHost)}:${apiPort}`,
    },
    console: {
      host: withDefault('CONSOLE_HOST'),
      port: consolePort,
      portIsExplicit: explicit('CONSOLE_PORT') !== undefined,
    },
    worker: { healthPort: withDefault('WORKER_HEALTH_PORT') },
    upload: {
      fileBytesMax: withDefault('MAX_FILE_SIZE'),
      concurrentMax: withDefault('UPLOADS_CONCURRENT_MAX'),
      stallSeconds: withDefault('UPLOAD_STALL_SECONDS'),
    },
    urlSources: { enabled: withDefault('URL_SOURCES'), allowPrivate: withDefault('URL_SOURCES_ALLOW_PRIVATE') },
    webhooks: { allowPrivate: withDefault('WEBHOOKS_ALLOW_PRIVATE') },
    audio: {
      chunkSeconds: withDefault('AUDIO_CHUNK_SIZE'),
      optimization: withDefault('AUDIO_OPTIMIZATION'),
      ffmpegPath: explicit('FFMPEG_PATH'),
      ffprobePath: explicit('FFPROBE_PATH'),
    },
    jobs: {
      concurrentMax: withDefault('MAX_CONCURRENT_JOBS'),
      cleanupIntervalSeconds: withDefault('CLEANUP_INTERVAL'),
      eventsKeptDays: withDefault('EVENTS_KEPT_DAYS'),
    },
    inference: {
      modelCacheSize: withDefault('WHISPER_MODEL_CACHE_SIZE'),
      gpuEnabled: withDefault('ENABLE_GPU_ACCELERATION'),
      gpuMemoryFraction: withDefault('GPU_MEMORY_FRACTION'),
      memoryOptimization: withDefault('MEMORY_OPTIMIZATION'),
      selfTest: withDefault('SELF_TEST'),
      threads: explicit('INFERENCE_THREADS') ?? explicit('OMP_NUM_THREADS') ?? explicit('MKL_NUM_THREADS'),
      defaultModel: withDefault('DEFAULT_MODEL'),
      modelsDirectory: explicit('MODELS_DIR') ?? join(dataDirectory, 'models'),
      modelMirror: withDefault('MODEL_MIRROR'),
      modelsOffline: withDefault('MODELS_OFFLINE'),
      modelFileBytesMax: withDefault('MAX_MODEL_FILE_SIZE'),
      windowSecondsMax: explicit('INFERENCE_WINDOW_SECONDS_MAX'),
      extraBackends: explicit('VT_EXTRA_BACKENDS') ?? [],
      whisperServerPath: explicit('WHISPER_SERVER_PATH'),
    },
    logging: { level: withDefault('LOG_LEVEL'), performanceMetrics: withDefault('LOG_PERFORMANCE_METRICS') },
    metrics: { token: explicit('METRICS_TOKEN') },
    tracing: {
      tracesUrl: explicit('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? (collector && `${collector}/v1/traces`),
      exportDelayMilliseconds: withDefault('OTEL_BSP_SCHEDULE_DELAY'),
    },
  };
}

const loaded = new WeakMap<Environment, Config>();

/** The configuration of this process: parsed at the first call, the same object ever after. Throws ConfigError. */
export function loadConfig(environment: Environment = process.env): Config {
  const known = loaded.get(environment);
  if (known) return known;
  const config = parseConfig(environment);
  loaded.set(environment, config);
  return config;
}

/** An address that listens everywhere is reached on this machine by the loopback one. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
