import { expect, test } from 'vitest';
import { createRandom } from '../decoding/probabilities.js';
import type { Checkpoint, StoredTensor } from '../checkpoint/read-checkpoint.js';
import { loadRuntime } from '../engine/runtime.js';
import { OnnxGraph } from '../onnx/onnx-graph.js';
import { activationZeroPoints, type Arithmetic, type GraphContext } from './graph-context.js';
import { linearLayer } from './linear-layer.js';

const ROWS = 5;
const INPUTS = 64;
const OUTPUTS = 96;
const random = createRandom(1);
const weights = Float32Array.from({ length: OUTPUTS * INPUTS }, () => random() - 0.5);
const bias = Float32Array.from({ length: OUTPUTS }, (_, index) => index / 10);
/** Rows of very different size, so that one scale for all of them would lose the small ones. */
const input = Float32Array.from(
  { length: ROWS * INPUTS },
  (_, index) => (random() - 0.5) * 10 ** (Math.floor(index / INPUTS) - 2),
);

const TENSORS: Readonly<Record<string, { values: Float32Array; shape: number[] }>> = {
  weight: { values: weights, shape: [OUTPUTS, INPUTS] },
  bias: { values: bias, shape: [OUTPUTS] },
};

function checkpoint(): Checkpoint {
  const entry = (name: string): { values: Float32Array; shape: number[] } => {
    const found = TENSORS[name];
    if (found === undefined) throw new Error(`No tensor ${name}.`);
    return found;
  };
  return {
    tensor: (name): StoredTensor => {
      const { shape, values } = entry(name);
      return { name, format: 'f32', shape, length: values.length, offset: 0, sizeBytes: values.byteLength };
    },
    readFloats: (name) => entry(name).values.slice(),
  } as Checkpoint;
}

async function run(arithmetic: Arithmetic): Promise<Float32Array> {
  const graph = new OnnxGraph();
  const rowZeroPoints = activationZeroPoints(graph, graph.integers([ROWS]));
  const context: GraphContext = { graph, checkpoint: checkpoint(), arithmetic, rowZeroPoints };
  const parts = [{ weight: 'weight', bias: 'bias', scale: 0.5 }];
  const output = linearLayer(context, graph.input('input', 'float32', [ROWS, INPUTS]), 'layer', parts);
  graph.output(output, 'output', 'float32', [ROWS, OUTPUTS]);
  const runtime = await loadRuntime();
  const session = await runtime.createSession(graph.toModel(), { threads: 1 });
  const result = await session.run({ input: runtime.tensor('float32', input, [ROWS, INPUTS]) });
  await session.release();
  return (result['output']?.data as Float32Array).slice();
}

test.each([
  ['dot-product', 0.02],
  ['widening', 0.02],
  ['float', 1e-4],
] as const)(
  'a layer with %s arithmetic is the float product, small rows as well as large ones',
  async (arithmetic, errorMax) => {
    const output = await run(arithmetic);
    for (let row = 0; row < ROWS; row++) {
      let error = 0;
      let size = 0;
      for (let column = 0; column < OUTPUTS; column++) {
        let expected = 0;
        for (let index = 0; index < INPUTS; index++) {
          expected += 0.5 * (weights[column * INPUTS + index] as number) * (input[row * INPUTS + index] as number);
        }
        const actual = (output[row * OUTPUTS + column] as number) - 0.5 * (bias[column] as number);
        error += (actual - expected) ** 2;
        size += expected ** 2;
      }
      expect(Math.sqrt(error / size)).toBeLessThan(errorMax);
    }
  },
);
