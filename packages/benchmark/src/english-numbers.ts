import { NUMBER_WORDS, type NumberWord } from './number-words.js';

/** A number that is being read: an amount can be added to and multiplied, digits are only written on. */
type Pending = bigint | string;

interface Reader {
  readonly written: string[];
  pending: Pending | undefined;
  /** Sign or currency that goes before the next thing that is written. */
  prefix: string;
}

interface Neighbours {
  readonly previous: NumberWord | undefined;
  readonly next: string | undefined;
}

const ARABIC = /^\d+(\.\d+)?$/;
const PREFIXES = '-+£€$¢';

/**
 * Writes the numbers of an English text in digits, as Whisper's normaliser does: `twenty five` becomes 25, `nineteen ninety nine` 1999, `one oh one` 101,
 * `two and a half million dollars` $2500000, `twenty first` 21st. A lone 1 is written `one`.
 */
export function numbersToDigits(text: string): string {
  const words = separateNumbers(writeHalves(text)).split(/\s+/).filter(Boolean);
  const reader: Reader = { written: [], pending: undefined, prefix: '' };
  for (let position = 0; position < words.length;) position += readWord(reader, words, position);
  flush(reader);
  return tidyCurrencies(reader.written.join(' ')).replace(/\b1(s?)\b/g, 'one$1');
}

/** `two and a half` is `two point five`; after anything but a number the words stay. */
function writeHalves(text: string): string {
  const parts = text
    .split(/\band\s+a\s+half\b/)
    .filter((part, index, all) => part.trim() !== '' || index === all.length - 1);
  return parts.reduce((whole, part) => {
    const kind = NUMBER_WORDS.get(whole.trim().split(/\s+/).at(-1) ?? '');
    return `${whole} ${isDecimal(kind) || isPlain(kind, 'multiplier') ? 'point five' : 'and a half'} ${part}`;
  });
}

/** Letters and digits are apart, except for suffixes: `4th`, `90s`. */
function separateNumbers(text: string): string {
  return text
    .replace(/([a-z])([0-9])/g, '$1 $2')
    .replace(/([0-9])([a-z])/g, '$1 $2')
    .replace(/([0-9])\s+(st|nd|rd|th|s)\b/g, '$1$2');
}

/** `$2 and ¢7` is `$2.07`, and `$0.50` is `¢50`. */
function tidyCurrencies(text: string): string {
  return text
    .replace(/([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})\b/g, (_match, currency: string, whole: string, cents: string) => {
      return `${currency}${whole}.${cents.padStart(2, '0')}`;
    })
    .replace(/[€£$]0\.([0-9]{1,2})\b/g, (_match, cents: string) => `¢${Number(cents)}`);
}

/** Reads one word, sometimes with the one after it; returns how many. */
function readWord(reader: Reader, words: readonly string[], position: number): 1 | 2 {
  const text = words[position] ?? '';
  if (readArabic(reader, text)) return 1;
  const word = NUMBER_WORDS.get(text);
  if (!word) {
    writeWord(reader, text);
    return 1;
  }
  const neighbours = { previous: NUMBER_WORDS.get(words[position - 1] ?? ''), next: words[position + 1] };
  switch (word.kind) {
    case 'zero':
      reader.pending = `${digitsOf(reader.pending)}0`;
      return 1;
    case 'unit':
      settle(reader, addUnit(reader.pending, word.value, neighbours), word.suffix);
      return 1;
    case 'ten':
      settle(reader, addTen(reader.pending, word.value), word.suffix);
      return 1;
    case 'multiplier':
      readMultiplier(reader, word.value, word.suffix);
      return 1;
    case 'sign':
      flush(reader);
      if (isNumeric(neighbours.next)) reader.prefix = word.symbol;
      else write(reader, text);
      return 1;
    case 'currency':
      if (reader.pending === undefined) return writeWord(reader, text);
      reader.prefix = word.symbol;
      return flush(reader);
    case 'percent':
      return reader.pending === undefined ? writeWord(reader, text) : write(reader, `${reader.pending}%`);
    case 'per':
      if (reader.pending === undefined || neighbours.next !== 'cent') return writeWord(reader, text);
      write(reader, `${reader.pending}%`);
      return 2;
    case 'and':
    case 'point':
    case 'repeat':
      return readConnector(reader, text, word, neighbours);
  }
}

function readArabic(reader: Reader, text: string): boolean {
  const prefix = PREFIXES.includes(text.charAt(0)) ? text.charAt(0) : '';
  const digits = text.slice(prefix.length);
  if (!ARABIC.test(digits)) return false;
  if (typeof reader.pending === 'string' && reader.pending.endsWith('.')) {
    reader.pending += text;
    return true;
  }
  flush(reader);
  reader.prefix = prefix || reader.prefix;
  reader.pending = wholeOf(digits, 1n) ?? digits;
  return true;
}

/** `and`, `point`, `double`, `triple`: parts of a number only where one goes on behind them. */
function readConnector(
  reader: Reader,
  text: string,
  word: Extract<NumberWord, { kind: 'and' | 'point' | 'repeat' }>,
  { previous, next }: Neighbours,
): 1 | 2 {
  if (!isNumeric(next)) return writeWord(reader, text);
  const following = NUMBER_WORDS.get(next ?? '');
  switch (word.kind) {
    case 'and':
      return isPlain(previous, 'multiplier') ? 1 : writeWord(reader, text);
    case 'point':
      if (isDecimal(following) || ARABIC.test(next ?? '')) reader.pending = `${digitsOf(reader.pending)}.`;
      return 1;
    case 'repeat': {
      if (following?.kind !== 'zero' && !isPlain(following, 'unit')) return writeWord(reader, text);
      const digit = following?.kind === 'unit' ? String(following.value) : '0';
      reader.pending = digitsOf(reader.pending) + digit.repeat(word.times);
      return 2;
    }
  }
}

/** `twenty` `five` adds up; what cannot be one amount is written on: `nineteen` `five` is 195. */
function addUnit(pending: Pending | undefined, unit: bigint, { previous }: Neighbours): Pending {
  if (pending === undefined) return unit;
  if (typeof pending === 'string' || isPlain(previous, 'unit')) {
    const replacesZero = isPlain(previous, 'ten') && unit < 10n;
    return replacesZero ? `${String(pending).slice(0, -1)}${unit}` : `${pending}${unit}`;
  }
  return pending % (unit < 10n ? 10n : 100n) === 0n ? pending + unit : `${pending}${unit}`;
}

function addTen(pending: Pending | undefined, ten: bigint): Pending {
  if (pending === undefined) return ten;
  return typeof pending === 'bigint' && pending % 100n === 0n ? pending + ten : `${pending}${ten}`;
}

/** `two thousand three hundred`: a multiplier counts for what stands below the thousands. */
function readMultiplier(reader: Reader, multiplier: bigint, suffix: string): void {
  const { pending } = reader;
  let product: Pending | undefined = multiplier;
  if (typeof pending === 'string') product = wholeOf(pending, multiplier);
  else if (pending !== undefined) product = pending - (pending % 1000n) + (pending % 1000n) * multiplier;
  if (product === undefined) flush(reader);
  settle(reader, product ?? multiplier, suffix);
}

/** The product when it is whole: `2.5` times a million. */
function wholeOf(digits: string, multiplier: bigint): bigint | undefined {
  const match = /^(\d*)\.?(\d*)$/.exec(digits);
  const [, whole = '', decimals = ''] = match ?? [];
  if (whole === '' && decimals === '') return undefined;
  const scale = 10n ** BigInt(decimals.length);
  const product = BigInt(whole + decimals) * multiplier;
  return product % scale === 0n ? product / scale : undefined;
}

/** Keeps the number open for more words, unless a suffix ends it. */
function settle(reader: Reader, value: Pending, suffix: string): void {
  if (suffix) write(reader, `${value}${suffix}`);
  else reader.pending = value;
}

/** Writes the number that is being read, if any. Like all that write, it says that one word has been read. */
function flush(reader: Reader): 1 {
  return reader.pending === undefined ? 1 : write(reader, String(reader.pending));
}

function writeWord(reader: Reader, text: string): 1 {
  flush(reader);
  return write(reader, text);
}

function write(reader: Reader, text: string): 1 {
  reader.written.push(reader.prefix + text);
  reader.pending = undefined;
  reader.prefix = '';
  return 1;
}

function digitsOf(pending: Pending | undefined): string {
  return pending === undefined || pending === 0n ? '' : String(pending);
}

function isPlain(word: NumberWord | undefined, kind: 'unit' | 'ten' | 'multiplier'): boolean {
  return word?.kind === kind && word.suffix === '';
}

/** A word that can stand behind a decimal point. */
function isDecimal(word: NumberWord | undefined): boolean {
  return word?.kind === 'zero' || isPlain(word, 'unit') || isPlain(word, 'ten');
}

function isNumeric(text: string | undefined): boolean {
  return text !== undefined && (NUMBER_WORDS.has(text) || ARABIC.test(text));
}
