import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';

/** A zod schema from the text of a variable to its value, with a sentence that says what is accepted. */
export interface Format<Value> {
  readonly accepts: string;
  readonly schema: z.ZodType<Value, string>;
}

/** `parse` returns undefined for a text that is not accepted. */
function format<Value>(accepts: string, parse: (text: string) => Value | undefined): Format<Value> {
  const schema = z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: accepts });
    return z.NEVER;
  });
  return { accepts, schema };
}

const TRUE_WORDS = ['true', 't', 'yes', 'y', 'on', '1', 'enabled'];
const FALSE_WORDS = ['false', 'f', 'no', 'n', 'off', '0', 'disabled'];

export const truthValue = format('true or false (also yes/no, on/off, 1/0, in any case)', (text) => {
  const word = text.toLowerCase();
  if (TRUE_WORDS.includes(word)) return true;
  return FALSE_WORDS.includes(word) ? false : undefined;
});

function within(text: string, pattern: RegExp, { min, max }: Range): number | undefined {
  if (!pattern.test(text)) return undefined;
  const value = Number(text.replaceAll('_', ''));
  return value >= min && value <= max ? value : undefined;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

export function wholeNumber(range: Range): Format<number> {
  return format(`a whole number from ${range.min} to ${range.max}`, (text) => within(text, /^\d[\d_]*$/, range));
}

/** The "bad ports" of the Fetch standard: browsers and Node's own fetch refuse to speak to them, whatever listens there. */
const PORTS_THAT_BROWSERS_REFUSE = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** A port for browsers and clients. On a refused one the server would run and nobody could reach it, nor be told why. */
export const webPort = format(
  'a whole number from 0 to 65535 that browsers connect to (not 5060, 5061, 6000, 6665 to 6669 or another port that they keep for other protocols)',
  (text) => {
    const number = within(text, /^\d[\d_]*$/, { min: 0, max: 65_535 });
    return number !== undefined && PORTS_THAT_BROWSERS_REFUSE.has(number) ? undefined : number;
  },
);

/** A duration; `600` and `600s` mean the same. */
export function seconds(range: Range): Format<number> {
  return format(`seconds, from ${range.min} to ${range.max} (600 or 600s)`, (text) =>
    within(text.replace(/\s*(s|sec|secs|seconds)$/i, ''), /^\d[\d_]*(\.\d+)?$/, range),
  );
}

/** A share of the whole: `0.8` and `80%` mean the same. */
export const fraction = format('a share above 0 and up to 1 (0.8 or 80%)', (text) => {
  const match = /^(\d*\.?\d+)\s*(%?)$/.exec(text);
  if (!match) return undefined;
  const value = Number(match[1]) / (match[2] === '%' ? 100 : 1);
  return value > 0 && value <= 1 ? value : undefined;
});

const BYTE_UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** Units count in 1024s, so that a file of 500 decimal megabytes passes a limit of 500MB. */
export const byteSize = format('a size of at least 1 byte (500MB, 1.5 GiB or 524288000)', (text) => {
  const match = /^(\d[\d_]*(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text);
  if (!match) return undefined;
  const unit = BYTE_UNITS[(match[2] ?? '').toLowerCase()] ?? 1;
  const bytes = Math.floor(Number((match[1] ?? '').replaceAll('_', '')) * unit);
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : undefined;
});

/** OpenMP allows a list, one number per nesting level: only the outermost counts here. */
export const threadCount = format('a whole number from 1 to 1024', (text) =>
  within(text.split(',')[0]?.trim() ?? '', /^\d+$/, { min: 1, max: 1024 }),
);

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const PYTHON_LEVELS: Readonly<Record<string, LogLevel>> = { critical: 'fatal', warning: 'warn', notset: 'trace' };

export const logLevel = format(
  'CRITICAL, ERROR, WARNING, INFO, DEBUG or NOTSET (or fatal, error, warn, info, debug, trace), in any case',
  (text) => {
    const word = text.toLowerCase();
    return PYTHON_LEVELS[word] ?? LOG_LEVELS.find((level) => level === word);
  },
);

/** Relative paths count from the folder that the process was started in. */
export const path = format('a path', (text) => (isAbsolute(text) ? text : resolve(text)));

/** Names with the modules behind them: `fake=file:///opt/fake.js,other=file:///opt/other.js`. */
export const moduleList = format('NAME=MODULE-ADDRESS pairs with commas between them', (text) => {
  const pairs = text.split(',').map((pair) => /^\s*([a-z][a-z0-9-]*)=(file:\/\/\S+)\s*$/.exec(pair));
  const modules = pairs.flatMap((match) => (match?.[1] && match[2] ? [{ name: match[1], moduleUrl: match[2] }] : []));
  return modules.length === pairs.length ? modules : undefined;
});

/** One of a few words, in any case. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Format<Word> {
  return format(words.join(' or '), (text) => words.find((word) => word === text.toLowerCase()));
}

export const bucketName = format('the name of a bucket: 3 to 63 small letters, digits, dots and dashes', (text) =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text) ? text : undefined,
);

/** Slashes at the ends are left out. */
export const keyPrefix = format('folders of letters, digits, ".", "_" and "-", such as team/voice', (text) => {
  const prefix = text.replace(/^\/+|\/+$/g, '');
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(prefix) ? prefix : undefined;
});

/** A secret or another text that nothing is asked of. */
export const text = format('a text', (given) => given);

/** Shown in a header, so without spaces; long enough that nobody guesses it. */
export const secretToken = format('at least 16 characters without spaces', (given) =>
  /^[\x21-\x7e]{16,}$/.test(given) ? given : undefined,
);

/** A label that is safe in a log line and a file name. */
export const label = format('letters, digits, dot, dash and underscore, up to 128 of them', (text) =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text) ? text : undefined,
);

export const hostAddress = format('an address or host name to listen on, without a port', (text) =>
  /^[A-Za-z0-9._:-]+$/.test(text) ? text : undefined,
);

export const postgresUrl = format('an address such as postgres://user:password@host:5432/database', (text) =>
  urlOf(text, ['postgres:', 'postgresql:']) ? text : undefined,
);

export const httpUrl = format('an address that begins with http:// or https://', (text) =>
  urlOf(text, ['http:', 'https:']) ? text.replace(/\/+$/, '') : undefined,
);

/** As the HTTP server takes them. */
export const proxyList = format(
  'addresses or networks with commas between them (10.0.0.5, 10.0.0.0/8), or the names loopback, linklocal, uniquelocal',
  (text) => {
    const entries = text.split(/[\s,]+/).filter(Boolean);
    const isKnown = (entry: string): boolean => {
      if (['loopback', 'linklocal', 'uniquelocal'].includes(entry)) return true;
      const [address = '', bits = '0'] = entry.split('/', 2);
      return isIP(address) !== 0 && /^\d+$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128);
    };
    return entries.length > 0 && entries.every(isKnown) ? entries : undefined;
  },
);

/** `*` is refused: these origins may send the session cookie. */
export const originList = format('origins separated by commas, such as https://console.example.org', (text) => {
  const urls = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => urlOf(entry, ['http:', 'https:']));
  const origins = urls.flatMap((url) => (url && url.pathname === '/' && !url.search ? [url.origin] : []));
  return origins.length === urls.length && origins.length > 0 ? [...new Set(origins)] : undefined;
});

function urlOf(text: string, protocols: readonly string[]): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return protocols.includes(url.protocol) ? url : undefined;
}
