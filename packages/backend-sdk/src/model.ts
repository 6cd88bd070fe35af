/** The ladder of Whisper checkpoints, by size. */
export const MODEL_SIZES = ['tiny', 'base', 'small', 'medium', 'large'] as const;
export type ModelSize = (typeof MODEL_SIZES)[number];

/** What is known about a checkpoint before it is loaded. */
export interface ModelManifest {
  /** Catalogue name: `base-q8_0`, `tiny.en`, `large-v3-turbo-q5_0`. */
  readonly name: string;
  readonly size: ModelSize;
  readonly format: 'ggml';
  /** `f16`, `q8_0`, `q5_0`, `q5_1` … */
  readonly quantization: string;
  /** Languages as ISO 639-1 codes; `['en']` for English-only checkpoints, `['*']` for all that Whisper knows. */
  readonly languages: readonly string[];
  /** Bytes on disk. */
  readonly fileBytes: number;
  /** Lower-case hex; the file is refused when it differs. */
  readonly sha256: string;
  readonly licence: string;
  /** Where the file comes from (an address for a person to read). */
  readonly origin: string;
}

/** Where a checked checkpoint lies. The path is absolute and the checksum has been verified by the caller. */
export interface ModelFiles {
  readonly manifest: ModelManifest;
  readonly path: string;
}
