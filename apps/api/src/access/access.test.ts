import { expect, test } from 'vitest';
import { createApiKeySecret, hmacOf, isWellFormedApiKey } from './api-key-format.js';
import { createFailureLimit } from './failure-limit.js';

test('a key with any one character changed, cut or added is refused without asking the database', () => {
  const { secret, prefix } = createApiKeySecret();
  expect(isWellFormedApiKey(secret)).toBe(true);
  expect(secret.startsWith(prefix)).toBe(true);
  for (let index = 0; index < secret.length; index += 1) {
    const changed = secret.charAt(index) === '0' ? '1' : '0';
    expect(isWellFormedApiKey(secret.slice(0, index) + changed + secret.slice(index + 1))).toBe(false);
  }
  expect(isWellFormedApiKey(secret.slice(0, -1))).toBe(false);
  expect(isWellFormedApiKey(`${secret}0`)).toBe(false);
});

test('what is stored of a key depends on the secret', () => {
  expect(hmacOf(Buffer.from('one'), 'key')).not.toBe(hmacOf(Buffer.from('two'), 'key'));
});

test('failures close the door for the rest of the window, for their address alone, and memory is bounded', () => {
  let now = 0;
  const limit = createFailureLimit({ failuresMax: 2, windowSeconds: 10, addressesMax: 3, now: () => now });
  limit.failed('a');
  expect(limit.waitSeconds('a')).toBeUndefined();
  limit.failed('a');
  now = 4000;
  expect(limit.waitSeconds('a')).toBe(6);
  expect(limit.waitSeconds('b')).toBeUndefined();
  now = 10_000;
  expect(limit.waitSeconds('a')).toBeUndefined();

  limit.failed('a');
  limit.failed('a');
  for (const other of ['c', 'd', 'e']) limit.failed(other);
  expect(limit.waitSeconds('a')).toBeUndefined();
});
