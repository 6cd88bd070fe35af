#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { ClientError } from '@voice-transcriber/client';
import { ConfigError } from '@voice-transcriber/config';
import { LocalDatabaseError } from '@voice-transcriber/local-database';
import { Command, CommanderError } from 'commander';
import { CliError, EXIT_CODES, type ExitCode } from './cli-error.js';
import { createBenchmarkCommand } from './commands/benchmark.js';
import { createDoctorCommand } from './commands/doctor.js';
import { createJobsCommand } from './commands/jobs.js';
import { createModelsCommand } from './commands/models.js';
import { createSignInLinkCommand } from './commands/sign-in-link.js';
import { createTranscribeCommand } from './commands/transcribe.js';
import { createUpCommand } from './commands/up.js';
import { failureText } from './failure-text.js';
import { paint } from './terminal/style.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const HELP = `
Exit codes:
  0  everything worked
  1  something failed: the message says what
  2  wrong usage
  3  the server cannot be reached
`;

const program = new Command('vt')
  .description('Voice Transcriber: turns recordings into text on your own machine.')
  .version(version)
  .addHelpText('after', HELP)
  // What stands after a subcommand is the subcommand's, also where its parent has an option of that name.
  .enablePositionalOptions()
  .showHelpAfterError('(vt --help shows what there is)');
for (const command of [
  createUpCommand(),
  createTranscribeCommand(),
  createBenchmarkCommand(),
  createModelsCommand(),
  createJobsCommand(),
  createDoctorCommand(),
  createSignInLinkCommand(),
]) {
  program.addCommand(command.copyInheritedSettings(program));
}
for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
  command.exitOverride();
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
  const isExpected = [CliError, ClientError, ConfigError, LocalDatabaseError].some((kind) => error instanceof kind);
  const text = isExpected
    ? failureText(error)
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  console.error(paint('red', text, process.stderr));
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof ConfigError) return EXIT_CODES.usage;
  return error instanceof ClientError && error.code === 'server-unreachable'
    ? EXIT_CODES.unreachable
    : EXIT_CODES.failed;
}
