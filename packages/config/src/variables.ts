import * as format from './formats.js';
import { restartOf } from './restarts.js';
import { storageDefinitions } from './storage-variables.js';
import { variable } from './variable-definition.js';

/** One environment variable, as documentation and `vt doctor` show it. */
export interface ConfigVariable {
  readonly name: string;
  /** The text that counts when the variable is unset or empty; a description in angle brackets when it is worked out. */
  readonly default: string;
  /** What is accepted, as a phrase. */
  readonly accepts: string;
  /** What changing it does, as a sentence. */
  readonly effect: string;
  /** What must be started again after a change. */
  readonly restart: string;
}

const port = format.wholeNumber({ min: 0, max: 65_535 });

/** Every variable that is read. Defaults in angle brackets are worked out in config.ts. */
export const definitions = {
  INSTANCE_ID: variable(
    format.label,
    '<host name>',
    'Names this instance in logs, metrics, the list of workers and, where it is set, the header X-Instance-Id of its answers.',
  ),
  DATA_DIR: variable(
    format.path,
    '<repository>/data',
    'Where the local database, recordings and downloaded models live.',
  ),
  DATABASE_URL: variable(
    format.postgresUrl,
    '<none>',
    'The PostgreSQL to use; without it the embedded one is started in the data directory.',
  ),
  ...storageDefinitions,

  API_HOST: variable(
    format.hostAddress,
    '127.0.0.1',
    'The address that the API listens on; 0.0.0.0 makes it reachable from outside.',
  ),
  API_PORT: variable(format.webPort, '5001', 'The port of the API; 0 takes any free one.'),
  PUBLIC_API_URL: variable(
    format.httpUrl,
    'http://<API_HOST>:<API_PORT>',
    'The address at which browsers and clients reach the API, when a proxy stands before it.',
  ),
  TRUSTED_PROXIES: variable(
    format.proxyList,
    '<none>',
    'The proxies whose word about the address of a client (X-Forwarded-For) is taken; failed sign-ins are counted per address.',
  ),
  CONSOLE_ORIGINS: variable(
    format.originList,
    'http://localhost:<CONSOLE_PORT>,http://127.0.0.1:<CONSOLE_PORT>',
    'The origins whose pages may use the API with the session cookie.',
  ),
  CONSOLE_HOST: variable(format.hostAddress, '127.0.0.1', 'The address that the console listens on.'),
  CONSOLE_PORT: variable(format.webPort, '3000', 'The port of the console; 0 takes any free one.'),
  WORKER_HEALTH_PORT: variable(port, '0', "The port of the worker's health endpoint; 0 takes any free one."),

  VT_URL: variable(
    format.httpUrl,
    '<noted by vt up in DATA_DIR>',
    'The address of the server that vt transcribe and vt doctor talk to.',
  ),
  VT_API_KEY: variable(format.text, '<noted by vt up in DATA_DIR>', 'The API key for that server.'),

  MAX_FILE_SIZE: variable(format.byteSize, '500MB', 'The largest recording that is accepted.'),
  UPLOADS_CONCURRENT_MAX: variable(
    format.wholeNumber({ min: 1, max: 10_000 }),
    '8',
    'How many uploads one API instance takes at once; more are told to come back later.',
  ),
  UPLOAD_STALL_SECONDS: variable(
    format.seconds({ min: 0.1, max: 86_400 }),
    '30',
    'How long an upload may send nothing before it is given up.',
  ),

  URL_SOURCES: variable(
    format.truthValue,
    'False',
    'On: recordings may be named by an address, which the API then fetches. Addresses in private networks are refused.',
  ),
  URL_SOURCES_ALLOW_PRIVATE: variable(
    format.truthValue,
    'False',
    'On: recordings may be fetched from private networks and from this machine too, by everybody who may transcribe.',
  ),
  WEBHOOKS_ALLOW_PRIVATE: variable(
    format.truthValue,
    'False',
    'On: webhooks may lead into private networks and to this machine; otherwise only to the public internet.',
  ),

  AUDIO_CHUNK_SIZE: variable(
    format.seconds({ min: 1, max: 86_400 }),
    '600',
    'The longest stretch of a recording that one worker takes at once: shorter shares a file among more workers.',
  ),
  AUDIO_OPTIMIZATION: variable(
    format.truthValue,
    'True',
    'On: only speech, as found by voice activity detection, is transcribed. Off: the whole recording is, silence included.',
  ),
  FFMPEG_PATH: variable(format.path, '<found on PATH, else the packaged one>', 'The ffmpeg to use.'),
  FFPROBE_PATH: variable(format.path, '<found on PATH, else the packaged one>', 'The ffprobe to use.'),

  MAX_CONCURRENT_JOBS: variable(
    format.wholeNumber({ min: 1, max: 256 }),
    '3',
    'How many jobs one worker runs at once. More than the cores can feed makes each slower.',
  ),
  CLEANUP_INTERVAL: variable(
    format.seconds({ min: 0.1, max: 604_800 }),
    '300',
    'Seconds between clean-ups of temporary files, orphaned recordings and old events.',
  ),
  EVENTS_KEPT_DAYS: variable(
    format.wholeNumber({ min: 1, max: 36_500 }),
    '30',
    'How many days the events of finished transcriptions are kept.',
  ),

  WHISPER_MODEL_CACHE_SIZE: variable(
    format.wholeNumber({ min: 1, max: 64 }),
    '2',
    'How many models a worker keeps in memory; the least recently used one is unloaded for the next.',
  ),
  ENABLE_GPU_ACCELERATION: variable(
    format.truthValue,
    'True',
    'Whether graphics processors are used when there are any.',
  ),
  GPU_MEMORY_FRACTION: variable(
    format.fraction,
    '0.8',
    "The share of a graphics processor's memory that models may fill.",
  ),
  MEMORY_OPTIMIZATION: variable(
    format.truthValue,
    'True',
    'On: idle models are unloaded after five minutes, and a model is loaded only into memory that is really free.',
  ),
  SELF_TEST: variable(
    format.truthValue,
    'True',
    'Whether a worker that has nothing to do lets each backend transcribe a known clip once; one that fails is not used.',
  ),
  INFERENCE_THREADS: variable(
    format.threadCount,
    '<OMP_NUM_THREADS, else MKL_NUM_THREADS, else from the cores>',
    'Threads of one inference process.',
  ),
  OMP_NUM_THREADS: variable(
    format.threadCount,
    '<none>',
    'The same as INFERENCE_THREADS, which wins when both are set.',
  ),
  MKL_NUM_THREADS: variable(format.threadCount, '<none>', 'The same again, for guides that name both: counts last.'),
  DEFAULT_MODEL: variable(format.label, 'base-q8_0', 'The model for transcriptions that do not name one.'),
  INFERENCE_WINDOW_SECONDS_MAX: variable(
    format.seconds({ min: 1, max: 86_400 }),
    '<60 s or 20 times what is expected>',
    'Wall seconds after which a window of audio counts as hung and its inference process is ended.',
  ),
  WHISPER_SERVER_PATH: variable(
    format.path,
    '<the built one, else found on PATH>',
    'The server of whisper.cpp, for the backend whisper-cpp: one of a distribution, or of an image with CUDA.',
  ),
  VT_EXTRA_BACKENDS: variable(
    format.moduleList,
    '<none>',
    'Inference backends beside the built-in ones, preferred to them: for tests and for backends of your own.',
  ),
  MODELS_DIR: variable(
    format.path,
    '<DATA_DIR>/models',
    'Where models other than the bundled one are looked for, pulled to and imported to; shared by all instances.',
  ),
  MODEL_MIRROR: variable(
    format.httpUrl,
    'https://huggingface.co/ggerganov/whisper.cpp/resolve/main',
    'Where models are pulled from: the file MODEL_MIRROR/ggml-NAME.bin. Checked against the official checksum, wherever it comes from.',
  ),
  MODELS_OFFLINE: variable(
    format.truthValue,
    'False',
    'On: models are never fetched from anywhere; they are imported from files.',
  ),
  MAX_MODEL_FILE_SIZE: variable(format.byteSize, '3.2GB', 'The largest model file that may be imported.'),

  LOG_LEVEL: variable(format.logLevel, 'WARNING', 'The least severe log line that is written.'),
  LOG_PERFORMANCE_METRICS: variable(
    format.truthValue,
    'True',
    'Whether each finished job writes a line with its duration, memory and processor use, whatever the log level.',
  ),

  METRICS_TOKEN: variable(
    format.secretToken,
    '<none>',
    'Who sends it as "Authorization: Bearer …" may read /metrics of API and workers. Without it only the API answers, to its API keys.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(
    format.httpUrl,
    '<none>',
    'The OpenTelemetry collector (OTLP over HTTP) that gets traces; without it there are none. Other standard variables, such as OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER and OTEL_RESOURCE_ATTRIBUTES, count too.',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: variable(
    format.httpUrl,
    '<OTEL_EXPORTER_OTLP_ENDPOINT>/v1/traces',
    'The whole address for traces, where it is another one.',
  ),
  OTEL_BSP_SCHEDULE_DELAY: variable(
    format.wholeNumber({ min: 1, max: 600_000 }),
    '1000',
    'Milliseconds for which spans are collected before they are sent: what a killed process loses.',
  ),
} as const;

export type VariableName = keyof typeof definitions;

/** In the order of the documentation. */
export const CONFIG_VARIABLES: readonly ConfigVariable[] = Object.entries(definitions).map(
  ([name, { default: defaultText, accepts, effect }]) => {
    const restart = restartOf(name);
    return { name, default: defaultText, accepts, effect, restart };
  },
);
