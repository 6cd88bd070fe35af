/** The shape of a Whisper model, in the order in which a ggml header lists its eleven numbers. */
export interface HyperParameters {
  readonly vocabularySize: number;
  /** Positions of the encoder: 1500, one per 20 ms. */
  readonly audioContext: number;
  readonly audioState: number;
  readonly audioHeads: number;
  readonly audioLayers: number;
  /** Positions of the decoder: 448. */
  readonly textContext: number;
  readonly textState: number;
  readonly textHeads: number;
  readonly textLayers: number;
  readonly melBins: number;
}

/** Numbers in the header, the last being the file's overall format, which the tensors repeat one by one. */
export const HYPER_PARAMETER_COUNT = 11;

/** Every Whisper model has heads of 64 numbers. */
export const HEAD_SIZE = 64;

/** Positions that every Whisper encoder gives: 30 s in steps of 20 ms. */
export const AUDIO_CONTEXT = 1500;
export const POSITION_SECONDS = 0.02;

/** Says what is wrong with a shape, or undefined when this engine can build its graphs. */
export function findShapeProblem(shape: HyperParameters): string | undefined {
  if (shape.audioState !== shape.textState) return 'encoder and decoder differ in width';
  if (shape.audioState !== shape.audioHeads * HEAD_SIZE) return 'the encoder heads are not 64 wide';
  if (shape.textState !== shape.textHeads * HEAD_SIZE) return 'the decoder heads are not 64 wide';
  if (shape.audioContext !== AUDIO_CONTEXT) return `the audio context is ${shape.audioContext}, not ${AUDIO_CONTEXT}`;
  if (shape.textContext !== 448) return `the text context is ${shape.textContext}, not 448`;
  if (shape.melBins !== 80 && shape.melBins !== 128) return `${shape.melBins} mel bins are neither 80 nor 128`;
  if (shape.audioLayers < 1 || shape.textLayers < 1) return 'there are no layers';
  if (shape.vocabularySize < 51_864 || shape.vocabularySize > 51_866) {
    return `a vocabulary of ${shape.vocabularySize} is not Whisper's`;
  }
  return undefined;
}

/** English-only models have 51864 tokens, multilingual ones 51865 or, with Cantonese, 51866. */
export function isMultilingual(shape: Pick<HyperParameters, 'vocabularySize'>): boolean {
  return shape.vocabularySize >= 51_865;
}
