import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY_DIRECTORY } from '../repository.js';

const TEMPLATE = join(REPOSITORY_DIRECTORY, 'deploy', 'nginx', 'voice-transcriber.conf.template');

export interface NginxConfigOptions {
  readonly directory: string;
  readonly port: number;
  readonly apiPorts: readonly number[];
  /** Undefined: there is no console, and what would lead to it fails. */
  readonly consolePort: number | undefined;
}

/** The configuration of the containers, from the same template, inside a main file for a process that keeps everything in one folder. */
export async function writeNginxConfig(options: NginxConfigOptions): Promise<{ main: string; site: string }> {
  const { directory, port, apiPorts, consolePort } = options;
  const site = fillTemplate(await readFile(TEMPLATE, 'utf8'), {
    LISTEN: `127.0.0.1:${String(port)}`,
    API_SERVERS: apiPorts
      .map((apiPort) => `server 127.0.0.1:${String(apiPort)} max_fails=1 fail_timeout=2s;`)
      .join('\n    '),
    // Port 9 discards: nothing listens there.
    CONSOLE_SERVER: `127.0.0.1:${String(consolePort ?? 9)}`,
    RESOLVER: '127.0.0.1',
  });
  const { uid, username } = userInfo();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const main = [
    // Started as root, nginx would give its own folder to somebody else.
    ...(uid === 0 ? [`user ${username};`] : []),
    'worker_processes 2;',
    'daemon off;',
    `pid ${join(directory, 'nginx.pid')};`,
    `error_log ${join(directory, 'error.log')} notice;`,
    'events { worker_connections 1024; }',
    'http {',
    `  access_log ${join(directory, 'access.log')};`,
    ...temporary.map((name) => `  ${name}_temp_path ${join(directory, name)};`),
    `  include ${join(directory, 'site.conf')};`,
    '}',
  ];
  return { main: `${main.join('\n')}\n`, site };
}

/** As the containers do it: only names that are given are replaced, so that nginx keeps its own variables. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\$\{([A-Z_]+)\}/g, (text, name: string) => values[name] ?? text);
}
