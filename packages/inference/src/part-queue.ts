import type { TranscriptPart } from '@voice-transcriber/backend-sdk';

/** Carries parts from a process to one reader. Small by nature: a window's parts are text, and the reader commits them as they come. */
export class PartQueue {
  readonly #parts: TranscriptPart[] = [];
  #end: { readonly error?: Error } | undefined;
  #wake: () => void = () => undefined;

  push(part: TranscriptPart): void {
    this.#parts.push(part);
    this.#wake();
  }

  /** After this the reader gets what is left, then the end or the error. Later calls change nothing. */
  close(error?: Error): void {
    this.#end ??= error === undefined ? {} : { error };
    this.#wake();
  }

  async *read(): AsyncGenerator<TranscriptPart> {
    for (;;) {
      const part = this.#parts.shift();
      if (part !== undefined) {
        yield part;
        continue;
      }
      if (this.#end?.error !== undefined) throw this.#end.error;
      if (this.#end !== undefined) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
