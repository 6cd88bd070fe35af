import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endWithThisProcess } from '@voice-transcriber/local-database';
import { waitFor } from '../wait-for.js';
import { writeNginxConfig, type NginxConfigOptions } from './nginx-config.js';

export interface Nginx {
  readonly url: string;
  readonly pid: number;
  /** Rejects never; resolves when the process has ended. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

const STOP_MILLISECONDS_MAX = 5000;
const READY_MILLISECONDS_MAX = 10_000;

/** The version of the nginx on PATH; undefined when there is none. */
export function findNginx(): string | undefined {
  try {
    // It writes its version to standard error.
    const text = execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return /nginx\/([\d.]+)/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

export const NGINX_MISSING =
  'There is no nginx. Install it (Debian, Ubuntu: apt-get install nginx-light; Fedora: dnf install nginx; macOS: brew install nginx) and start again.';

/** Starts nginx before the given servers, as a process that ends with this one. Throws when its configuration is refused. */
export async function startNginx(options: NginxConfigOptions): Promise<Nginx> {
  if (findNginx() === undefined) throw new Error(NGINX_MISSING);
  const { directory, port } = options;
  await mkdir(directory, { recursive: true });
  const { main, site } = await writeNginxConfig(options);
  await writeFile(join(directory, 'site.conf'), site);
  await writeFile(join(directory, 'nginx.conf'), main);
  const settings = ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', join(directory, 'error.log')];
  // Says what is wrong with it, line by line.
  execFileSync('nginx', ['-t', '-q', ...settings], { stdio: ['ignore', 'ignore', 'pipe'] });
  const child = spawn('nginx', settings, { stdio: 'ignore', detached: true });
  const exited = once(child, 'exit').then(() => undefined);
  const { pid } = child;
  if (pid === undefined) throw new Error('nginx could not be started.');
  const guard = endWithThisProcess({ pid, group: true, signal: 'KILL', graceSeconds: 0 });
  void exited.then(() => guard.dismiss());
  const url = `http://127.0.0.1:${String(port)}`;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => process.kill(-pid, 'SIGKILL'), STOP_MILLISECONDS_MAX);
    await exited;
    clearTimeout(timer);
  };
  try {
    await waitFor(async () => (await fetch(`${url}/nginx-health`)).ok, {
      timeoutMilliseconds: READY_MILLISECONDS_MAX,
      what: 'nginx to answer',
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid, exited, stop };
}
