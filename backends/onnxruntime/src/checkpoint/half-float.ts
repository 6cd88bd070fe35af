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

const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);

/** The bits of the binary16 value next to `value`, ties to even; beyond the largest it is infinite. */
export function floatToHalf(value: number): number {
  floatView[0] = value;
  const bits = bitsView[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  // Below the smallest normal number, 2^-14, values are multiples of 2^-24.
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(value) * 2 ** 24);
  // The exponent's bias falls from 127 to 15, thirteen bits of fraction are rounded away; a carry raises the exponent as it should.
  const rounding = 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((magnitude - 0x38000000 + rounding) >>> 13);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
