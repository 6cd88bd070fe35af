export interface ConfigProblem {
  readonly variable: string;
  /** The text that was refused; passwords are the reason that DATABASE_URL's is left out. */
  readonly value: string | undefined;
  readonly accepts: string;
}

/** The environment holds values that are not accepted. Names all of them at once, so that one restart mends all. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config-invalid';
  readonly retry = 'never';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      ({ variable, value, accepts }) =>
        `  ${variable}${value === undefined ? '' : `=${JSON.stringify(value)}`}: accepted is ${accepts}`,
    );
    super(`Correct these environment variables and start again:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}
