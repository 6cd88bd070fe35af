import type { AudioWindow, BackendError, TranscribeOptions, TranscriptPart } from '@voice-transcriber/backend-sdk';
import { violated } from './frames.js';

export interface UnitOptions {
  readonly windows: readonly AudioWindow[];
  readonly options: TranscribeOptions;
  /** Wall seconds until the process counts as hung. */
  readonly secondsMax: number;
  readonly onPart: (part: TranscriptPart) => void;
}

interface Unit {
  readonly options: UnitOptions;
  /** Indexes of the windows without a result, in the order in which they must come. */
  readonly expected: number[];
  readonly resolve: () => void;
  readonly reject: (error: BackendError) => void;
  isCancelled: boolean;
}

/** The units inside one process, by the ids of their messages. What comes for a unit that is not there any more is of no interest. */
export class UnitTable {
  readonly #units = new Map<number, Unit>();
  #nextId = 1;

  get windowsInside(): number {
    return [...this.#units.values()].reduce((total, { expected }) => total + expected.length, 0);
  }

  /** `finished` settles with `finish`, `fail` or `failAll`; the entry stays until `remove`. */
  add(options: UnitOptions): { readonly id: number; readonly finished: Promise<void> } {
    const id = this.#nextId++;
    const expected = options.windows.map(({ index }) => index);
    const finished = new Promise<void>((resolve, reject) => {
      this.#units.set(id, { options, expected, resolve, reject, isCancelled: false });
    });
    return { id, finished };
  }

  has(id: number): boolean {
    return this.#units.has(id);
  }

  remove(id: number): void {
    this.#units.delete(id);
  }

  /** From here on its parts are dropped. False when it is gone, or was cancelled before. */
  cancel(id: number): boolean {
    const unit = this.#units.get(id);
    if (unit === undefined || unit.isCancelled) return false;
    unit.isCancelled = true;
    return true;
  }

  /** Throws BackendError `protocol-violated` for a result that is not the next one. */
  take(id: number, part: TranscriptPart): void {
    const unit = this.#units.get(id);
    if (unit === undefined || unit.isCancelled) return;
    if (part.type === 'window-final' && unit.expected.shift() !== part.result.index) {
      throw violated('a window twice or out of order');
    }
    unit.options.onPart(part);
  }

  /** Throws BackendError `protocol-violated` when results are missing. */
  finish(id: number): void {
    const unit = this.#units.get(id);
    if (unit === undefined) return;
    if (unit.expected.length > 0 && !unit.isCancelled) throw violated('an end before the last window');
    unit.resolve();
  }

  fail(id: number, error: BackendError): void {
    this.#units.get(id)?.reject(error);
  }

  failAll(error: BackendError): void {
    for (const unit of this.#units.values()) unit.reject(error);
  }
}
