/**
 * Counts what ran, for the closing line of `npm test`, and keeps why tests were skipped and how long files took. A vitest reporter.
 * A file that is run again counts as it ended the last time.
 */
export class ClosingLineReporter {
  /** What became of each file, by its project and path. */
  #files = new Map();
  /** Rejections that nobody handled are failures too: these are the ones that no file is named for. */
  #errorsOfNoFile = 0;

  onTestRunEnd(modules, unhandledErrors) {
    const paths = new Set(modules.map(({ moduleId }) => moduleId));
    this.#errorsOfNoFile += unhandledErrors.filter((error) => !paths.has(error.VITEST_TEST_PATH)).length;
    for (const module of modules) {
      const unhandled = unhandledErrors.filter((error) => error.VITEST_TEST_PATH === module.moduleId).length;
      this.#files.set(`${module.project.name} ${module.relativeModuleId}`, resultOf(module, unhandled));
    }
  }

  /** Paths of the files of which something failed. Empty when it is unknown which file an error came from. */
  get failedFiles() {
    if (this.#errorsOfNoFile > 0) return [];
    return this.#results.filter(({ failed }) => failed > 0).map(({ file }) => file);
  }

  get ranFiles() {
    return this.#files.size;
  }

  /** `file > test: reason`, one for each skipped test. */
  get skips() {
    return this.#results.flatMap(({ skips }) => skips);
  }

  /** The longest first, as lines. */
  slowestFiles(count) {
    const ordered = this.#results.toSorted((one, other) => other.seconds - one.seconds);
    return ordered.slice(0, count).map(({ file, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${file}`);
  }

  get ranNothing() {
    return this.#passed + this.#failed === 0;
  }

  get succeeded() {
    return this.#failed === 0 && this.#passed > 0;
  }

  get closingLine() {
    return `tests: ${this.#passed} passed, ${this.#failed} failed, ${this.skips.length} skipped`;
  }

  get #results() {
    return [...this.#files.values()];
  }

  get #passed() {
    return this.#results.reduce((sum, { passed }) => sum + passed, 0);
  }

  get #failed() {
    return this.#results.reduce((sum, { failed }) => sum + failed, this.#errorsOfNoFile);
  }
}

/** `unhandledErrors`: how many rejections this file left unhandled. */
function resultOf(module, unhandledErrors) {
  const file = module.relativeModuleId;
  // A file that does not load, or whose hooks fail, has failed though no test of it did.
  const result = {
    file,
    passed: 0,
    failed: module.errors().length + unhandledErrors,
    skips: [],
    seconds: module.diagnostic().duration / 1000,
  };
  for (const test of module.children.allTests()) {
    const { state, note } = test.result();
    if (state === 'passed') result.passed += 1;
    else if (state === 'skipped') result.skips.push(`${file} > ${test.fullName}: ${note ?? 'no reason given'}`);
    // A test that never came to an end has not passed.
    else result.failed += 1;
  }
  return result;
}
