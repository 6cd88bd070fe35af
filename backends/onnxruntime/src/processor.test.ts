import { expect, test } from 'vitest';
import { readProcessor } from './processor.js';

test('signed bytes are multiplied only where sums do not saturate', () => {
  expect(readProcessor('flags\t\t: fpu avx2 avx_vnni', 'x64')).toMatchObject({
    arithmetic: 'dot-product',
    instructionSets: ['avx2', 'avx_vnni'],
  });
  expect(readProcessor('flags\t\t: fpu avx2', 'x64').arithmetic).toBe('widening');
  expect(readProcessor('', 'x64').arithmetic).toBe('widening');
  expect(readProcessor('Features\t: fp asimd', 'arm64').arithmetic).toBe('dot-product');
});
