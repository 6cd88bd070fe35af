import { childEnvironment, loadConfig } from '@voice-transcriber/config';
import { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { createSignInLink } from '../up/admin.js';
import { readRunningState } from '../up/data-directory.js';

const HELP = `
The link works once and for a short time. Whoever opens it is signed in as an administrator.

Example:
  $ vt sign-in-link
`;

export function createSignInLinkCommand(): Command {
  return new Command('sign-in-link')
    .description('print a link that signs in to the console once')
    .addHelpText('after', HELP)
    .action(async () => {
      const config = loadConfig();
      const running = await readRunningState(config.dataDirectory);
      const databaseUrl = running?.databaseUrl ?? config.databaseUrl;
      if (databaseUrl === undefined) {
        throw new CliError(`Nothing runs on ${config.dataDirectory}. Start it with "vt up", or set DATABASE_URL.`);
      }
      const consoleUrl = running?.consoleUrl ?? `http://127.0.0.1:${String(config.console.port)}`;
      console.log(
        await createSignInLink(
          childEnvironment({ DATABASE_URL: databaseUrl, DATA_DIR: config.dataDirectory }),
          consoleUrl,
        ),
      );
    });
}
