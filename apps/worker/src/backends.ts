/** Where an inference process finds a backend. */
export interface BackendSource {
  readonly name: string;
  readonly moduleUrl: string;
}

/** The one place in the product that names backends. Only addresses: nothing native is loaded into this process. */
export const BUILT_IN_BACKENDS: readonly BackendSource[] = [
  { name: 'smart-whisper', moduleUrl: import.meta.resolve('@voice-transcriber/backend-smart-whisper') },
];
