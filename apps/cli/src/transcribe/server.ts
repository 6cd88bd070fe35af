import { type Client, createClient } from '@voice-transcriber/client';
import type { Config } from '@voice-transcriber/config';
import { CliError, EXIT_CODES } from '../cli-error.js';
import { readCredentials } from '../up/data-directory.js';

export interface ServerOptions {
  url?: string | undefined;
  apiKey?: string | undefined;
}

/** Options first, then VT_URL and VT_API_KEY, then what `vt up` noted in the data directory. */
export async function findServer(
  config: Config,
  options: ServerOptions,
): Promise<{ url: string; apiKey: string } | undefined> {
  const noted = await readCredentials(config.dataDirectory);
  const url = options.url ?? config.client.url ?? noted?.url;
  // The noted key belongs to the noted server: it is not shown to another one.
  const apiKey = options.apiKey ?? config.client.apiKey ?? (url === noted?.url ? noted?.apiKey : undefined);
  return url !== undefined && apiKey !== undefined ? { url, apiKey } : undefined;
}

export async function requireClient(config: Config, options: ServerOptions): Promise<{ client: Client; url: string }> {
  const server = await findServer(config, options);
  if (!server) {
    const named = options.url ?? config.client.url;
    if (named !== undefined) {
      throw new CliError(
        `No key for ${named} is known. Give one with --api-key (VT_API_KEY); the console of that server makes them.`,
        { exitCode: EXIT_CODES.usage },
      );
    }
    throw new CliError(
      'No server is known. Start one with "vt up" (or "npm start"), or name one with --url and --api-key (VT_URL and VT_API_KEY).',
      { exitCode: EXIT_CODES.unreachable },
    );
  }
  if (!/^https?:\/\//i.test(server.url) || !URL.canParse(server.url)) {
    throw new CliError(`"${server.url}" is no address of a server: give one such as http://127.0.0.1:5001.`, {
      exitCode: EXIT_CODES.usage,
    });
  }
  return { client: createClient(server), url: server.url };
}
