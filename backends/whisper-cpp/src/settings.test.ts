import { expect, test } from 'vitest';
import { parseSettings } from './settings.js';

test('settings come with the address of the module, and nonsense counts as not said', () => {
  expect(parseSettings('file:///backend/index.js')).toEqual({
    configuredPath: undefined,
    foundPath: undefined,
    slots: 1,
  });
  expect(parseSettings('file:///backend/index.js?configured=%2Fopt%2Fa%20b&found=%2Fusr%2Fbin%2Fw&slots=3')).toEqual({
    configuredPath: '/opt/a b',
    foundPath: '/usr/bin/w',
    slots: 3,
  });
  for (const slots of ['0', '-1', '1.5', 'many', ''])
    expect(parseSettings(`file:///b.js?slots=${slots}`).slots).toBe(1);
});
