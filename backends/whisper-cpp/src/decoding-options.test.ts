import { BackendError } from '@voice-transcriber/backend-sdk';
import { expect, test } from 'vitest';
import { decodingFields, unknownOptions } from './decoding-options.js';

test('options of the decoder become form fields; senseless values are refused, unknown names are told', () => {
  expect(decodingFields({ extra: { beamSize: 5, temperature: 0.4, 'no-such-option': 1 } })).toEqual({
    beam_size: '5',
    temperature: '0.4',
    temperature_inc: '0',
  });
  expect(unknownOptions({ extra: { beamSize: 5, 'no-such-option': 1 } })).toEqual(['no-such-option']);
  for (const extra of [{ beamSize: 0 }, { bestOf: 99 }, { temperature: 'warm' }]) {
    expect(() => decodingFields({ extra })).toThrow(BackendError);
  }
});
