const HEADER_BYTES = 44;
const FLOAT_FORMAT = 3;
const BYTES_PER_SAMPLE = 4;

/** A RIFF WAVE file of one channel of 32-bit floats: what the server reads without rounding anything. */
export function encodeWave(samples: Float32Array, sampleRateHz: number): Buffer {
  const dataBytes = samples.length * BYTES_PER_SAMPLE;
  const wave = Buffer.alloc(HEADER_BYTES + dataBytes);
  wave.write('RIFF', 0, 'ascii');
  wave.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  wave.write('WAVEfmt ', 8, 'ascii');
  wave.writeUInt32LE(16, 16);
  wave.writeUInt16LE(FLOAT_FORMAT, 20);
  wave.writeUInt16LE(1, 22);
  wave.writeUInt32LE(sampleRateHz, 24);
  wave.writeUInt32LE(sampleRateHz * BYTES_PER_SAMPLE, 28);
  wave.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  wave.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  wave.write('data', 36, 'ascii');
  wave.writeUInt32LE(dataBytes, 40);
  for (const [at, sample] of samples.entries()) wave.writeFloatLE(sample, HEADER_BYTES + at * BYTES_PER_SAMPLE);
  return wave;
}
