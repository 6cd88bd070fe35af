import type { MelFilters } from '../checkpoint/read-checkpoint.js';
import { OnnxGraph, TO_THE_END, type OnnxModel } from '../onnx/onnx-graph.js';

/** Whisper's spectrogram (openai/whisper, audio.py): 25 ms Hann windows every 10 ms. */
const FFT_SAMPLES = 400;
const HOP_SAMPLES = 160;

/** Context on either side that the first and the last window look into. */
export const CONTEXT_SAMPLES = FFT_SAMPLES / 2;

/** Quieter than this is cut off below the loudest bin, in factors of ten of power. */
const DYNAMIC_RANGE = 8;

/**
 * Adds the log-mel spectrogram to a graph: samples [1, 160 n + 400] → [n, bins], n even, clamped and scaled as Whisper was trained.
 *
 * The Fourier transform is a matrix product: 201 of 400 frequencies of all windows are one large multiplication, which is faster here than any
 * transform written in JavaScript.
 */
export function addLogMel(graph: OnnxGraph, samples: string, filters: MelFilters): string {
  const spectra = graph.node('MatMul', [addOverlappingWindows(graph, samples), addFourierMatrix(graph, filters)]);
  const [real, imaginary] = graph.nodes('Split', [spectra], 2, { attributes: { axis: 1, num_outputs: 2 } }) as [
    string,
    string,
  ];
  const power = graph.node('Add', [graph.node('Mul', [real, real]), graph.node('Mul', [imaginary, imaginary])]);
  const bins = graph.node('MatMul', [power, addFilterMatrix(graph, filters)]);
  const logarithm = graph.node('Log', [graph.node('Max', [bins, graph.scalar(1e-10)])]);
  const decades = graph.node('Mul', [logarithm, graph.scalar(1 / Math.LN10)]);
  const loudest = graph.node('ReduceMax', [decades], { attributes: { keepdims: 0 } });
  const floor = graph.node('Sub', [loudest, graph.scalar(DYNAMIC_RANGE)]);
  const clamped = graph.node('Max', [decades, floor]);
  return graph.node('Mul', [graph.node('Add', [clamped, graph.scalar(4)]), graph.scalar(0.25)]);
}

/** How many encoder frames, of two spectrogram windows each, the samples are for: int64 [1]. */
export function addFrameCount(graph: OnnxGraph, samples: string): string {
  const length = graph.node('Shape', [samples], { attributes: { start: 1, end: 2 } });
  return graph.node('Div', [
    graph.node('Sub', [length, graph.integers([2 * CONTEXT_SAMPLES])]),
    graph.integers([2 * HOP_SAMPLES]),
  ]);
}

/** A graph of the spectrogram alone. */
export function buildLogMelGraph(filters: MelFilters): OnnxModel {
  const graph = new OnnxGraph();
  const mel = addLogMel(graph, graph.input('samples', 'float32', [1, 'samples']), filters);
  graph.output(mel, 'mel', 'float32', ['frames', filters.bins]);
  return graph.toModel();
}

/** [1, 160 n + 400] → [n, 400]: a window is two and a half hops, so hops are laid side by side instead of gathering single samples. */
function addOverlappingWindows(graph: OnnxGraph, samples: string): string {
  const slice = (value: string, start: number, end: number, axis: number): string =>
    graph.node('Slice', [value, graph.integers([start]), graph.integers([end]), graph.integers([axis])]);
  const hops = graph.node('Reshape', [
    slice(samples, 0, 2 * HOP_SAMPLES - FFT_SAMPLES, 1),
    graph.integers([-1, HOP_SAMPLES]),
  ]);
  const first = slice(hops, 0, -2, 0);
  const second = slice(hops, 1, -1, 0);
  const half = slice(slice(hops, 2, TO_THE_END, 0), 0, FFT_SAMPLES - 2 * HOP_SAMPLES, 1);
  return graph.node('Concat', [first, second, half], { attributes: { axis: 1 } });
}

/** [400, 402]: cosines, then negated sines, both under a periodic Hann window. */
function addFourierMatrix(graph: OnnxGraph, { frequencies }: MelFilters): string {
  const matrix = new Float32Array(FFT_SAMPLES * 2 * frequencies);
  for (let sample = 0; sample < FFT_SAMPLES; sample++) {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * sample) / FFT_SAMPLES);
    for (let frequency = 0; frequency < frequencies; frequency++) {
      const angle = (2 * Math.PI * ((sample * frequency) % FFT_SAMPLES)) / FFT_SAMPLES;
      matrix[sample * 2 * frequencies + frequency] = hann * Math.cos(angle);
      matrix[sample * 2 * frequencies + frequencies + frequency] = -hann * Math.sin(angle);
    }
  }
  return graph.floats('fourier', [FFT_SAMPLES, 2 * frequencies], matrix);
}

/** The checkpoint's filters, transposed to [frequencies, bins]. */
function addFilterMatrix(graph: OnnxGraph, { bins, frequencies, weights }: MelFilters): string {
  const matrix = new Float32Array(weights.length);
  for (let bin = 0; bin < bins; bin++) {
    for (let frequency = 0; frequency < frequencies; frequency++) {
      matrix[frequency * bins + bin] = weights[bin * frequencies + frequency] as number;
    }
  }
  return graph.floats('mel_filters', [frequencies, bins], matrix);
}
