import { pino, stdSerializers, type DestinationStream, type Logger as PinoLogger } from 'pino';
import pretty from 'pino-pretty';

/** `performance` is a level of its own, so that its lines do not depend on how talkative the log is. */
export type Logger = PinoLogger<'performance'>;

export interface LoggerOptions {
  /** The least severe line that is written. */
  readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** The process: `api`, `worker`, `vt`. */
  readonly name: string;
  readonly instanceId: string;
  /** Whether `logPerformance` writes; then it does so at every level but `silent`. Default true. */
  readonly performanceMetrics?: boolean;
  /** Default: standard error, because standard output belongs to results and to the line that says a process is ready. */
  readonly destination?: DestinationStream;
}

const ABOVE_FATAL = 70;
const BELOW_TRACE = 1;

const SECRETS = [
  'authorization',
  'Authorization',
  'cookie',
  'set-cookie',
  'secret',
  'password',
  'apiKey',
  'databaseUrl',
  'DATABASE_URL',
];
const redactedPaths = SECRETS.flatMap((name) => {
  const key = name.includes('-') ? `["${name}"]` : name;
  const nested = key.startsWith('[') ? key : `.${key}`;
  return [key, `*${nested}`, `*.*${nested}`];
});

/** One JSON object per line; readable lines on a terminal. Secrets are left out down to the third level of a logged object. */
export function createLogger(options: LoggerOptions): Logger {
  const { level, name, instanceId, performanceMetrics = true, destination = defaultDestination() } = options;
  return pino(
    {
      level,
      name,
      base: { instanceId, pid: process.pid },
      customLevels: { performance: performanceMetrics ? ABOVE_FATAL : BELOW_TRACE },
      redact: { paths: redactedPaths, censor: '[redacted]' },
      serializers: { error: stdSerializers.errWithCause, err: stdSerializers.errWithCause },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

function defaultDestination(): DestinationStream {
  // Written at once: the last lines before a crash are the ones that are wanted.
  if (!process.stderr.isTTY) return pino.destination({ dest: 2, sync: true });
  return pretty({ destination: 2, sync: true, ignore: 'pid,instanceId', customLevels: `performance:${ABOVE_FATAL}` });
}
