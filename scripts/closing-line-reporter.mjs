/** Counts what ran, for the closing line of `npm test`, and keeps why tests were skipped and how long files took. A vitest reporter. */
export class ClosingLineReporter {
  passed = 0;
  failed = 0;
  skipped = 0;
  /** `file > test: reason`, one for each skipped test. */
  skips = [];
  /** One for each file: what its hooks and tests took. */
  durations = [];

  onTestRunEnd(modules, unhandledErrors) {
    // Errors outside any test (a file that does not load, a rejection that nobody handled) are failures too.
    this.failed += unhandledErrors.length;
    for (const module of modules) {
      this.failed += module.errors().length;
      this.durations.push({ file: module.relativeModuleId, seconds: module.diagnostic().duration / 1000 });
      for (const test of module.children.allTests()) this.#count(test, module.relativeModuleId);
    }
  }

  #count(test, file) {
    const { state, note } = test.result();
    if (state === 'passed') this.passed += 1;
    // A test that never came to an end has not passed.
    else if (state === 'skipped') this.#countSkip(`${file} > ${test.fullName}: ${note ?? 'no reason given'}`);
    else this.failed += 1;
  }

  #countSkip(line) {
    this.skipped += 1;
    this.skips.push(line);
  }

  /** The longest first, as lines. */
  slowestFiles(count) {
    const ordered = this.durations.toSorted((one, other) => other.seconds - one.seconds);
    return ordered.slice(0, count).map(({ file, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${file}`);
  }

  get succeeded() {
    return this.failed === 0 && this.passed > 0;
  }

  get closingLine() {
    return `tests: ${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`;
  }
}
