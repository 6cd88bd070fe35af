import { loadConfig } from '@voice-transcriber/config';
import type { Client } from '@voice-transcriber/client';
import { Command } from 'commander';
import { deleteModel, importModel, unloadModel, verifyModels } from '../models/change-models.js';
import { listModels } from '../models/list-models.js';
import { cancelPull, pullModel } from '../models/pull-model.js';
import { requireClient } from '../transcribe/server.js';

const HELP = `
Models belong to the running server. Changing them needs an administrator's key, as "vt up" notes one.
A pull goes on when this command is ended; giving it again shows how far it is.

Examples:
  $ vt models list
  $ vt models pull large-v3-turbo-q5_0
  $ vt models import ggml-medium.bin
  $ vt models import my-model.bin --name swiss-german
  $ vt models verify
  $ vt models delete tiny.en
`;

interface ServerOptions {
  url?: string;
  apiKey?: string;
  json?: true;
}

export function createModelsCommand(): Command {
  const command = new Command('models').description('list, pull, import, verify, unload and delete models');
  command.addHelpText('after', HELP);

  const add = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .option('--json', 'print JSON')
      .option('--url <address>', 'the server (VT_URL)')
      .option('--api-key <key>', 'the key for it (VT_API_KEY)');

  add('list', 'show what is installed and what could be')
    .option('--installed', 'only what is installed')
    .action(async (options: ServerOptions & { installed?: true }) => {
      await listModels(await connect(options), {
        json: options.json === true,
        installedOnly: options.installed === true,
      });
    });
  add('pull <name>', 'fetch an official model')
    .option('--no-wait', 'only begin')
    .action(async (name: string, options: ServerOptions & { wait: boolean }) => {
      await pullModel(await connect(options), name, { json: options.json === true, wait: options.wait });
    });
  add('cancel <name>', 'end the pull of a model').action(async (name: string, options: ServerOptions) => {
    await cancelPull(await connect(options), name, { json: options.json === true });
  });
  add('import <file>', 'send a ggml checkpoint to the server')
    .option('--name <name>', 'for a file that is not official (taken from its name otherwise)')
    .action(async (file: string, options: ServerOptions & { name?: string }) => {
      await importModel(await connect(options), file, { json: options.json === true, name: options.name });
    });
  add('verify [name]', 'read a model again and compare its checksum; all that are installed without a name').action(
    async (name: string | undefined, options: ServerOptions) => {
      await verifyModels(await connect(options), name, { json: options.json === true });
    },
  );
  add('delete <name>', 'remove a model that nothing uses').action(async (name: string, options: ServerOptions) => {
    await deleteModel(await connect(options), name, { json: options.json === true });
  });
  add('unload <name>', 'drop a model from the memory of the workers').action(
    async (name: string, options: ServerOptions) => {
      await unloadModel(await connect(options), name, { json: options.json === true });
    },
  );
  return command;
}

async function connect(options: ServerOptions): Promise<Client> {
  const { client } = await requireClient(loadConfig(), options);
  return client;
}
