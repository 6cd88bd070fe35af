/** Fetching of models, bound to this installation's mirror and directory. */
export interface ModelFetcher {
  /**
   * Makes an official model lie in the models directory, going on from what an earlier writer left; at once when it does already.
   * `writer` is in the name of the file that is written. Rejects with an error that has a code, or with the signal's reason.
   */
  fetch(input: {
    readonly model: string;
    readonly writer: string;
    readonly signal: AbortSignal;
    readonly onProgress: (progress: { readonly bytesDone: number; readonly step: 'downloading' | 'verifying' }) => void;
  }): Promise<void>;
  /** Removes whatever unfinished fetches of a model left. */
  forget(model: string): Promise<void>;
}
