import { expect, test } from 'vitest';
import { parseFakeScript } from './fake-script.js';

test('an ordinary prompt holds no instructions', () => {
  expect(parseFakeScript('Names: Ada, Grace')).toEqual([]);
  expect(parseFakeScript(undefined)).toEqual([]);
});

test('verbs carry the window, the number of times, a key and a speed', () => {
  expect(parseFakeScript('fake:segv@window=2,times=1,key=a; slow@speed=5')).toEqual([
    { verb: 'segv', windowIndex: 2, timesMax: 1, key: 'a', speed: 2 },
    { verb: 'slow', windowIndex: undefined, timesMax: undefined, key: '', speed: 5 },
  ]);
});

test('a typing error in a script is an error, never a silent pass', () => {
  expect(() => parseFakeScript('fake:sgev')).toThrow('no verb "sgev"');
  expect(() => parseFakeScript('fake:segv@windw=2')).toThrow('no setting "windw"');
  expect(() => parseFakeScript('fake:error@code=bad-luck')).toThrow('no error code "bad-luck"');
  expect(() => parseFakeScript('fake:segv@window=two')).toThrow('must be a number');
});
