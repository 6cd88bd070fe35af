/**
 * `npm run cluster`: the balanced set-up of deploy/ as plain processes on this machine, without containers: a real nginx before three API instances, three workers with
 * two jobs each, one PostgreSQL, the console. Options after `--`:
 *   --s3             recordings in an object storage (the test kit's own), and nothing shared beside it and the database
 *   --port N         where nginx listens (8080)
 *   --apis N, --workers N
 *   --no-console
 */
import { execFile, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { ensureBuilt, ensureInstalled, repositoryDirectory, requireNode } from './workspace.mjs';

const STOP_MILLISECONDS_MAX = 45_000;
const RESTART_MILLISECONDS = 1000;

const { values } = parseArgs({
  options: {
    s3: { type: 'boolean', default: false },
    port: { type: 'string', default: '8080' },
    apis: { type: 'string', default: '3' },
    workers: { type: 'string', default: '3' },
    'no-console': { type: 'boolean', default: false },
  },
});

requireNode();
await ensureInstalled({ quiet: true });
await ensureBuilt({ quiet: true });
const { findNginx, NGINX_MISSING, startCluster } = await import('../packages/testkit/dist/cluster/index.js');
const { findFreePort, startLocalDatabase } = await import('../packages/local-database/dist/index.js');

if (findNginx() === undefined) {
  console.error(NGINX_MISSING);
  process.exit(1);
}

const directory = join(repositoryDirectory, 'data', 'cluster');
const disposals = [];
let stopping;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop());

try {
  await serve();
} catch (error) {
  console.error(stopping === undefined ? error.message : 'Stopped while starting.');
  await stop(1);
}

async function serve() {
  console.log('Starting the database …');
  const quiet = () => undefined;
  const database = await startLocalDatabase({
    directory: join(directory, 'postgres'),
    logger: { debug: quiet, info: quiet, warn: quiet, error: (line) => console.error(`database: ${line}`) },
  });
  disposals.push(() => database.stop());
  const { apis, workers, s3, port } = values;
  console.log(`Starting ${apis} APIs, ${workers} workers and nginx …`);
  const consolePort = values['no-console'] ? undefined : await findFreePort();
  const cluster = await startCluster({
    directory,
    databaseUrl: database.url,
    port: Number(port),
    apis: Number(apis),
    workers: Number(workers),
    storage: s3 ? 's3' : 'files',
    env: { MAX_CONCURRENT_JOBS: '2', ...settingsOfThisShell() },
    ...(consolePort && { consolePort }),
    onLine: (name, line) => {
      if (/"level":(40|50|60)/.test(line)) console.error(`${name}: ${line}`);
    },
  });
  disposals.push(() => cluster.stop());
  if (consolePort) disposals.push(startConsole(consolePort, cluster.url));
  for (const name of cluster.instances.keys()) restartWhenItEnds(cluster, name);
  console.log(`\n  Address   ${cluster.url}  (GraphQL at /graphql)`);
  console.log(`  API key   ${cluster.apiKey}`);
  if (consolePort) console.log(`  Sign in   ${await createSignInLink(database.url, cluster.url)}  (works once)`);
  console.log(`  Instances ${[...cluster.instances].map(([name, { pid }]) => `${name} (process ${pid})`).join(', ')}`);
  console.log('\nServing. Kill any of them: it comes back, and nothing is lost. Ctrl-C stops all.');
}

/** On nginx's own address: the session cookie is kept only by the site that the API is on too. */
async function createSignInLink(databaseUrl, url) {
  const program = join(repositoryDirectory, 'apps', 'api', 'dist', 'admin.js');
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'sign-in-link'], { env, timeout: 30_000 });
  const link = new URL(JSON.parse(stdout).url);
  return `${url}${link.pathname}${link.hash}`;
}

/** What a person has set counts for all instances, as with `npm start`; what makes them a cluster does not. */
function settingsOfThisShell() {
  const own = [
    'DATABASE_URL',
    'DATA_DIR',
    'INSTANCE_ID',
    'API_PORT',
    'API_HOST',
    'PUBLIC_API_URL',
    'CONSOLE_ORIGINS',
    'STORAGE',
    'STORAGE_DIR',
  ];
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^[A-Z][A-Z0-9_]*$/.test(name) && !own.includes(name)),
  );
}

function restartWhenItEnds(cluster, name) {
  const instance = cluster.instances.get(name);
  void instance?.exited.then(async ({ code, signal }) => {
    if (stopping !== undefined) return;
    console.error(`${name} ended (${signal ?? code}); starting it again.`);
    await new Promise((resolve) => setTimeout(resolve, RESTART_MILLISECONDS));
    if (stopping !== undefined) return;
    await cluster.start(name).catch((error) => console.error(error.message));
    restartWhenItEnds(cluster, name);
  });
}

function startConsole(port, apiUrl) {
  const folder = join(repositoryDirectory, 'apps', 'console');
  const program = createRequire(join(folder, 'package.json')).resolve('next/dist/bin/next');
  const child = spawn(process.execPath, [program, 'start', '--hostname', '127.0.0.1', '--port', String(port)], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', API_PUBLIC_URL: apiUrl },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  return async () => {
    child.kill('SIGTERM');
    await exited;
  };
}

function stop(code = 0) {
  stopping ??= (async () => {
    console.log('\nStopping …');
    setTimeout(() => process.exit(1), STOP_MILLISECONDS_MAX).unref();
    for (const dispose of disposals.reverse()) await dispose();
    console.log('Stopped.');
    process.exit(code);
  })();
  return stopping;
}
