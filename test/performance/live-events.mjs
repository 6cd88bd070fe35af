// Measures how events travel from their commit to those who follow: node test/performance/live-events.mjs [--document]
// Two API instances on one PostgreSQL. Delivery to clients of both and to a real browser, forced reconnects with resume, and the memory of an instance
// with 500 subscribers. Ends with 1 when a target is missed. Needs a built console and a Chromium.
// --document writes the figures into docs/operations/console-load.md.
import { openDatabase } from '@voice-transcriber/db';
import { findFreePort } from '@voice-transcriber/local-database';
import { startStack } from '@voice-transcriber/testkit';
import { openConsole } from './console/open-console.mjs';
import { writeSection } from './console/write-section.mjs';
import { startCuttingProxy } from './live/cutting-proxy.mjs';
import { measureBrowser } from './live/measure-browser.mjs';
import { measureCrowd, measureDelivery, measureReconnects } from './live/measure-clients.mjs';

const DELIVERY_MILLISECONDS_P95_TARGET = 150;
const RECONNECTS = 100;
const SUBSCRIBERS = 500;
const MEMORY_MEBIBYTES_TARGET = 300;

const consolePort = await findFreePort();
const stack = await startStack({
  workers: 0,
  database: 'own',
  env: { CONSOLE_ORIGINS: `http://127.0.0.1:${consolePort}`, CONSOLE_PORT: String(consolePort) },
});
const db = openDatabase(stack.databaseUrl, { connectionsMax: 4 });
const disposals = [() => stack.stop(), () => db.close()];
let missed = 0;
let part = '';
const rows = [];
try {
  const second = await stack.startApi();
  const apis = [stack.apiUrl, second.ready.url].map((apiUrl) => ({ apiUrl, apiKey: stack.apiKey }));

  const delivery = await measureDelivery({ db, apis });
  startPart('from commit to client, 20 commits a second');
  for (const [place, figures] of delivery.events.entries()) reportLatency(`events at instance ${place + 1}`, figures);
  for (const [place, figures] of delivery.rows.entries())
    reportLatency(`rows of lists at instance ${place + 1}`, figures);

  const reconnects = await measureReconnects({ db, apis, cuts: RECONNECTS });
  startPart(`${RECONNECTS} forced reconnects, each to the other instance, over ${reconnects.events} events`);
  report('gaps', reconnects.gaps, 0);
  report('duplicates', reconnects.duplicates, 0);

  const proxy = await startCuttingProxy(Number(new URL(second.ready.url).port));
  disposals.push(() => proxy.close());
  const console_ = await openConsole({ port: consolePort, apiUrl: `http://localhost:${proxy.port}` });
  disposals.push(() => console_.close());
  const browser = await measureBrowser({ db, console_, apiKey: stack.apiKey, proxy, cuts: RECONNECTS });
  startPart("the job's page in Chromium");
  reportLatency('events', browser.latency);
  report(`gaps over ${RECONNECTS} forced reconnects`, browser.gaps, 0);
  report('duplicates', browser.duplicates, 0);
  report(`of ${browser.events} lines missing in the page`, browser.events - browser.shown, 0);

  const third = await stack.startApi();
  const api = { apiUrl: third.ready.url, apiKey: stack.apiKey };
  const crowd = await measureCrowd({ db, api, pid: third.pid, subscribers: SUBSCRIBERS });
  startPart(`${SUBSCRIBERS} subscribers at one instance, ${crowd.before.toFixed(0)} MiB before they came`);
  report('resident memory, MiB', crowd.after, MEMORY_MEBIBYTES_TARGET);
  reportLatency('events, no target', crowd.latency, Infinity);
} finally {
  for (const dispose of disposals.reverse()) await dispose();
}
if (process.argv.includes('--document')) await writeSection('events', ['part', 'figure', '', 'target', ''], rows);
process.exitCode = missed > 0 ? 1 : 0;

function startPart(name) {
  part = name;
  console.log(name);
}

function report(what, figure, target, more = '') {
  const met = figure <= target;
  if (!met) missed += 1;
  rows.push([
    part,
    what,
    figure.toFixed(0),
    ...(Number.isFinite(target) ? [target, met ? 'met' : 'MISSED'] : ['', '']),
  ]);
  const goal = Number.isFinite(target) ? `(target ${target}) ${met ? 'met' : 'MISSED'}` : '';
  console.log(`  ${what.padEnd(42)} ${figure.toFixed(0).padStart(6)} ${goal} ${more}`);
}

function reportLatency(what, { count, p50, p95, max }, target = DELIVERY_MILLISECONDS_P95_TARGET) {
  report(`${what}, ms p95`, p95, target, `p50 ${p50.toFixed(1)}, longest ${max.toFixed(1)}, ${count} received`);
}
