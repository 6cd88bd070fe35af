/** What the shell is told. Documented in `vt --help`. */
export const EXIT_CODES = { ok: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** Ends the program with a message for a person and an exit code; no stack is shown. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, { exitCode = EXIT_CODES.failed, cause }: { exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, { cause });
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}
