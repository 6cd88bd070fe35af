import { loadConfig } from '@voice-transcriber/config';
import type { Client } from '@voice-transcriber/client';
import { Command, InvalidArgumentError, Option } from 'commander';
import { changeJobs, deleteJobs, type JobChange } from '../jobs/change-jobs.js';
import { JOB_STATES, listJobs, type JobState } from '../jobs/list-jobs.js';
import { showJob } from '../jobs/show-job.js';
import { requireClient } from '../transcribe/server.js';

const HELP = `
Jobs belong to the running server. Changing them needs a key that may write.

Examples:
  $ vt jobs list
  $ vt jobs list --state failed --limit 50
  $ vt jobs show <id>
  $ vt jobs cancel <id> <id>
  $ vt jobs retry <id> --model small-q8_0
  $ vt jobs delete <id>
`;

interface ServerOptions {
  url?: string;
  apiKey?: string;
  json?: true;
}

const LIMIT_MAX = 10_000;

export function createJobsCommand(): Command {
  const command = new Command('jobs').description('list, show, cancel, pause, resume, retry and delete jobs');
  command.addHelpText('after', HELP);

  const add = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .option('--json', 'print JSON')
      .option('--url <address>', 'the server (VT_URL)')
      .option('--api-key <key>', 'the key for it (VT_API_KEY)');

  add('list', 'show jobs, newest first')
    .addOption(new Option('-s, --state <state...>', 'only these').choices(JOB_STATES))
    .option('--search <text>', 'part of the filename, or words of the text')
    .option('-n, --limit <count>', 'how many', parseLimit, 20)
    .action(async (options: ServerOptions & { state?: JobState[]; search?: string; limit: number }) => {
      const { state, search, limit } = options;
      await listJobs(await connect(options), { states: state, search, limit, json: options.json === true });
    });
  add('show <id>', 'tell everything about one job').action(async (id: string, options: ServerOptions) => {
    await showJob(await connect(options), id, { json: options.json === true });
  });

  const change = (name: string, description: string, act: (client: Client) => JobChange): void => {
    add(`${name} <id...>`, description).action(async (ids: string[], options: ServerOptions) => {
      await changeJobs(ids, act(await connect(options)), { json: options.json === true });
    });
  };
  change('cancel', 'end jobs before they are done', (client) => (id) => client.cancel(id));
  change('pause', 'hold jobs back; what runs of them ends', (client) => (id) => client.pause(id));
  change('resume', 'let paused jobs go on where they were', (client) => (id) => client.resume(id));
  add('retry <id...>', 'begin ended jobs again')
    .option('-m, --model <name>', 'with another model')
    .action(async (ids: string[], options: ServerOptions & { model?: string }) => {
      const client = await connect(options);
      const { model } = options;
      await changeJobs(ids, (id) => client.retry(id, model === undefined ? {} : { model }), {
        json: options.json === true,
      });
    });
  add('delete <id...>', 'remove jobs with their transcripts').action(async (ids: string[], options: ServerOptions) => {
    const client = await connect(options);
    await deleteJobs(ids, (id) => client.delete(id), { json: options.json === true });
  });
  return command;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new InvalidArgumentError(`Accepted is a whole number from 1 to ${String(LIMIT_MAX)}.`);
}

async function connect(options: ServerOptions): Promise<Client> {
  const { client } = await requireClient(loadConfig(), options);
  return client;
}
