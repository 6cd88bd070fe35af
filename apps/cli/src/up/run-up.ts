import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type Client, ClientError, createClient } from '@voice-transcriber/client';
import type { Config } from '@voice-transcriber/config';
import { LocalDatabaseError, lockDirectory } from '@voice-transcriber/local-database';
import { CliError } from '../cli-error.js';
import { paint } from '../terminal/style.js';
import { createApiKey, createSignInLink } from './admin.js';
import {
  credentialsFile,
  lockDirectoryOf,
  logDirectoryOf,
  prepareDataDirectory,
  readCredentials,
  readRunningState,
  removeRunningState,
  runningFile,
  sampleFile,
  writePrivateJson,
} from './data-directory.js';
import { type Services, startServices } from './start-services.js';
import { checkSample, transcribeSample } from './transcribe-sample.js';
import { watchStopSignals } from './watch-stop-signals.js';

/** `vt up`: serves until it is stopped. */
export async function runUp(config: Config): Promise<void> {
  await withServices(config, { withConsole: true }, async (services, client, stopped) => {
    const { dataDirectory } = config;
    if (!existsSync(sampleFile(dataDirectory))) {
      try {
        const { id, text } = await transcribeSample(client, stopped);
        await writeFile(sampleFile(dataDirectory), JSON.stringify({ id, text }));
      } catch (error) {
        if (stopped.aborted) return;
        // The server serves all the same; the next start tries again.
        console.error(
          paint('yellow', `The sample could not be transcribed: ${(error as Error).message}`, process.stderr),
        );
      }
    }
    console.log('');
    if (services.consoleUrl !== undefined) {
      console.log(`  Console   ${paint('cyan', services.consoleUrl)}`);
      console.log(
        `  Sign in   ${paint('cyan', await createSignInLink(services.env, services.consoleUrl))}  (works once; "vt sign-in-link" makes another)`,
      );
    }
    console.log(`  GraphQL   ${paint('cyan', `${services.apiUrl}/graphql`)}`);
    console.log(`  API key   in ${credentialsFile(dataDirectory)}`);
    console.log(`  Logs      in ${logDirectoryOf(dataDirectory)}`);
    console.log(`\nServing. Press Ctrl-C to stop.`);
    await new Promise<void>((resolve) => {
      stopped.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
      if (stopped.aborted) resolve();
    });
  });
}

/** `vt up --once`: transcribes the sample, compares it with what is said in it, and stops. Throws CliError when it is wrong. */
export async function runOnce(config: Config): Promise<void> {
  await withServices(config, { withConsole: false }, async (_services, client, stopped) => {
    await checkSample(await transcribeSample(client, stopped));
    console.log(`  The transcript is correct, word for word.`);
  });
}

async function withServices(
  config: Config,
  { withConsole }: { withConsole: boolean },
  use: (services: Services, client: Client, stopped: AbortSignal) => Promise<void>,
): Promise<void> {
  const { dataDirectory } = config;
  await prepareDataDirectory(dataDirectory);
  const lock = await lockOrExplain(dataDirectory);
  let services: Services | undefined;
  const signals = watchStopSignals({
    onFirst: () => {
      console.log(
        `\nStopping${services ? '' : ' as soon as the current step is done'}. Press Ctrl-C again to end at once.`,
      );
    },
    onSecond: () => services?.kill(),
  });
  const startedAt = Date.now();
  try {
    services = await startServices({
      config,
      withConsole,
      signal: signals.stopped,
      onStep: (text) => {
        console.log(`${text} …`);
      },
      onNotice: (text) => {
        if (!signals.stopped.aborted) console.error(paint('yellow', text, process.stderr));
      },
    });
    console.log(`Ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
    const { apiUrl, consoleUrl, databaseUrl, env } = services;
    const apiKey = await ensureApiKey(dataDirectory, apiUrl, env);
    await writePrivateJson(runningFile(dataDirectory), {
      pid: process.pid,
      apiUrl,
      consoleUrl,
      databaseUrl,
      startedAt: new Date().toISOString(),
    });
    await use(services, createClient({ url: apiUrl, apiKey }), signals.stopped);
  } catch (error) {
    if (!signals.stopped.aborted) throw error;
  } finally {
    await services?.stop();
    await removeRunningState(dataDirectory);
    await lock.release();
    signals.dispose();
  }
  if (signals.stopped.aborted) console.log('Stopped.');
}

async function lockOrExplain(dataDirectory: string) {
  try {
    return await lockDirectory(lockDirectoryOf(dataDirectory));
  } catch (error) {
    if (!(error instanceof LocalDatabaseError) || error.holderPid === undefined) throw error;
    const running = await readRunningState(dataDirectory);
    const address = running ? ` at ${running.consoleUrl ?? running.apiUrl}` : '';
    throw new CliError(
      `Voice Transcriber is already running on ${dataDirectory}${address} (process ${String(error.holderPid)}). ` +
        'Use it, stop it with Ctrl-C, or set DATA_DIR for a second one.',
      { cause: error },
    );
  }
}

/** The key of this data directory's commands: kept when the server still takes it, made anew otherwise. */
async function ensureApiKey(dataDirectory: string, url: string, env: NodeJS.ProcessEnv): Promise<string> {
  const known = await readCredentials(dataDirectory);
  if (known) {
    try {
      await createClient({ url, apiKey: known.apiKey }).viewer();
      if (known.url !== url) await writePrivateJson(credentialsFile(dataDirectory), { url, apiKey: known.apiKey });
      return known.apiKey;
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== 'not-allowed') throw error;
    }
  }
  const apiKey = await createApiKey(env);
  await writePrivateJson(credentialsFile(dataDirectory), { url, apiKey });
  return apiKey;
}
