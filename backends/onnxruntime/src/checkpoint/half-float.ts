const HALF_VALUES = 65_536;

/** Every IEEE 754 binary16 value, indexed by its bits: a look-up is several times faster than computing it. */
export const HALF_TO_FLOAT: Float32Array = createTable();

function createTable(): Float32Array {
  const table = new Float32Array(HALF_VALUES);
  for (let bits = 0; bits < HALF_VALUES; bits++) table[bits] = halfToFloat(bits);
  return table;
}

/** Binary16: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits (IEEE 754-2008, 3.6). */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
