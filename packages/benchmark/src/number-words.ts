/** What an English word can do in a number. A suffix, as in `5th` or `90s`, ends the number. */
export type NumberWord =
  | { readonly kind: 'zero' }
  | { readonly kind: 'unit' | 'ten' | 'multiplier'; readonly value: bigint; readonly suffix: string }
  | { readonly kind: 'sign' | 'currency'; readonly symbol: string }
  | { readonly kind: 'repeat'; readonly times: number }
  | { readonly kind: 'percent' | 'per' }
  | { readonly kind: 'and' | 'point' };

const UNITS =
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const LARGE =
  'thousand million billion trillion quadrillion quintillion sextillion septillion octillion nonillion decillion'.split(
    ' ',
  );

const IRREGULAR_ORDINALS: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  // As in Whisper's own list: `ninth` stays a word.
  nine: 'nineth',
  twelve: 'twelfth',
};
const ORDINAL_SUFFIXES: Readonly<Record<string, string>> = { one: 'st', two: 'nd', three: 'rd' };

function* entries(): Generator<readonly [string, NumberWord]> {
  for (const word of ['o', 'oh', 'zero']) yield [word, { kind: 'zero' }];
  yield ['zeroth', { kind: 'unit', value: 0n, suffix: 'th' }];
  for (const [index, word] of UNITS.entries()) {
    const value = BigInt(index + 1);
    yield [word, { kind: 'unit', value, suffix: '' }];
    yield [word === 'six' ? 'sixes' : `${word}s`, { kind: 'unit', value, suffix: 's' }];
    const ordinal = IRREGULAR_ORDINALS[word] ?? `${word}th`;
    yield [ordinal, { kind: 'unit', value, suffix: ORDINAL_SUFFIXES[word] ?? 'th' }];
  }
  for (const [index, word] of TENS.entries()) {
    const value = BigInt(index + 2) * 10n;
    yield [word, { kind: 'ten', value, suffix: '' }];
    yield [word.replace('y', 'ies'), { kind: 'ten', value, suffix: 's' }];
    yield [word.replace('y', 'ieth'), { kind: 'ten', value, suffix: 'th' }];
  }
  const multipliers = [
    ['hundred', 100n] as const,
    ...LARGE.map((word, index) => [word, 1000n ** BigInt(index + 1)] as const),
  ];
  for (const [word, value] of multipliers) {
    yield [word, { kind: 'multiplier', value, suffix: '' }];
    yield [`${word}s`, { kind: 'multiplier', value, suffix: 's' }];
    yield [`${word}th`, { kind: 'multiplier', value, suffix: 'th' }];
  }
  for (const word of ['minus', 'negative']) yield [word, { kind: 'sign', symbol: '-' }];
  for (const word of ['plus', 'positive']) yield [word, { kind: 'sign', symbol: '+' }];
  const currencies = { pound: '£', euro: '€', dollar: '$', cent: '¢' };
  for (const [word, symbol] of Object.entries(currencies)) {
    yield [word, { kind: 'currency', symbol }];
    yield [`${word}s`, { kind: 'currency', symbol }];
  }
  yield ['double', { kind: 'repeat', times: 2 }];
  yield ['triple', { kind: 'repeat', times: 3 }];
  for (const kind of ['percent', 'per', 'and', 'point'] as const) yield [kind, { kind }];
}

/** Every word that can be part of a number. */
export const NUMBER_WORDS: ReadonlyMap<string, NumberWord> = new Map(entries());
