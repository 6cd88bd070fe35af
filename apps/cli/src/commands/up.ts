import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { childEnvironment, parseConfig } from '@voice-transcriber/config';
import { Command } from 'commander';
import { runOnce, runUp } from '../up/run-up.js';

const EXAMPLES = `
Examples:
  $ vt up                                   serve on this machine until Ctrl-C
  $ vt up --once                            check the installation with the bundled sample
  $ vt up --data-dir /srv/recordings        keep everything in another directory
  $ DATABASE_URL=postgres://… vt up         use an existing PostgreSQL
`;

export function createUpCommand(): Command {
  return new Command('up')
    .description('start the database, the API, the worker and the console, and keep them running')
    .option('--once', 'transcribe the bundled sample, check the transcript and stop')
    .option('--data-dir <directory>', 'where everything is kept (DATA_DIR; with --once a temporary directory)')
    .addHelpText('after', EXAMPLES)
    .action(async ({ once, dataDir }: { once?: true; dataDir?: string }) => {
      const config = parseConfig(childEnvironment(dataDir === undefined ? {} : { DATA_DIR: resolve(dataDir) }));
      if (!once) await runUp(config);
      else if (config.dataDirectoryIsExplicit) await runOnce(config);
      else await runOnceInTemporaryDirectory(config.inference.modelsDirectory);
    });
}

async function runOnceInTemporaryDirectory(modelsDirectory: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'voice-transcriber-'));
  // Enterable by the system user that PostgreSQL runs as under root, but not readable.
  await chmod(directory, 0o711);
  const environment = childEnvironment({ DATA_DIR: directory, MODELS_DIR: modelsDirectory });
  try {
    await runOnce(parseConfig(environment));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
