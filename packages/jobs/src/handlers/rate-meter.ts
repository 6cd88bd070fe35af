const WINDOW_MILLISECONDS = 5000;

/** Bytes per second over the last seconds: steady enough to read, quick enough to show a line that got slow. */
export class RateMeter {
  readonly #readings: { readonly at: number; readonly bytes: number }[] = [];

  /** Null until a second has gone by: what lies there from an earlier fetch says nothing about the line. */
  measure(bytes: number, at = performance.now()): number | null {
    // A fetch that began anew.
    if (bytes < (this.#readings.at(-1)?.bytes ?? 0)) this.#readings.length = 0;
    this.#readings.push({ at, bytes });
    while (at - (this.#readings[1]?.at ?? at) > WINDOW_MILLISECONDS) this.#readings.shift();
    const [first] = this.#readings;
    return first === undefined || at - first.at < 1000 ? null : ((bytes - first.bytes) * 1000) / (at - first.at);
  }
}
