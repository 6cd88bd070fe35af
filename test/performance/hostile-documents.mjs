// 10,000 hostile GraphQL documents: node test/performance/hostile-documents.mjs
// How long each takes to be refused, and how long the API's event loop is held up by them. Ends with 1 when a target is missed.
import { Agent, request } from 'node:http';
import { startStack } from '@voice-transcriber/testkit';
import { createLoopWatch } from './observe-api.mjs';

const DOCUMENTS = 10_000;
const REFUSED_MS_P99_TARGET = 10;
const LOOP_MS_TARGET = 50;

const nest = (levels, open, inner, close) => open.repeat(levels) + inner + close.repeat(levels);
const aliases = (count, field) => Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');
/** Each is another one every time, so that no cache of documents helps. */
const KINDS = {
  'ten thousand fields': (n) => `{ v${n}: viewer { name } ${'viewer { name } '.repeat(10_000)}}`,
  'a megabyte of braces': (n) => `query q${n} ${'{'.repeat(900_000)}`,
  'a megabyte of string': (n) => `{ transcription(id: "${'x'.repeat(900_000)}${n}" { id } }`,
  'a hundred levels': (n) => `query q${n} { ${nest(100, 'transcriptions { nodes { media { ', 'id', '} } }')} }`,
  'eleven levels': (n) =>
    `query q${n} { ${nest(6, 'node(id: "x") { ... on Transcription { media { ', 'id', '} } }')} }`,
  'nine hundred aliases': (n) => `query q${n} { ${aliases(300, 'viewer')} }`,
  'lists in lists in lists': (n) =>
    `query q${n} { transcriptions(first: 100) { nodes { segments(first: 100) { nodes { words { text } } } } } }`,
  'fragments in a circle': (n) =>
    `query q${n} { viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }`,
  'fragments that double': (n) =>
    `query q${n} { viewer { ...F0 } } ${Array.from({ length: 40 }, (_, i) => `fragment F${i} on Viewer { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F40 on Viewer { name }`,
  'a hundred fields in conflict': (n) =>
    `query q${n} { ${Array.from({ length: 100 }, (_, i) => `transcription(id: "${i}") { id }`).join(' ')} }`,
  'a thousand directives': (n) => `query q${n} { viewer ${'@skip(if: false) '.repeat(160)}{ name } }`,
  'names that do not exist': (n) => `query q${n} { ${Array.from({ length: 300 }, (_, i) => `viewr${i}`).join(' ')} }`,
  'nothing but junk': (n) => `\\u0000${n} ${'\\u{1F600}$!@'.repeat(2000)}`,
};

const loop = await createLoopWatch();
const stack = await startStack({ workers: 0, database: 'own', env: loop.env });
const agent = new Agent({ keepAlive: true });
let missed = 0;
try {
  const kinds = Object.entries(KINDS);
  for (let warm = 0; warm < 10 * kinds.length; warm += 1) await refuse(kinds[warm % kinds.length], warm);
  await loop.readDelay(stack.api.pid);
  const times = new Map(kinds.map(([name]) => [name, []]));
  for (let index = 0; index < DOCUMENTS; index += 1) {
    const kind = kinds[index % kinds.length];
    times.get(kind[0]).push(await refuse(kind, 1000 + index));
  }
  const delay = await loop.readDelay(stack.api.pid);
  for (const [name, of] of times)
    console.log(`  ${name.padEnd(32)} p50 ${at(of, 0.5)} ms, p99 ${at(of, 0.99)} ms, max ${at(of, 1)} ms`);
  const all = [...times.values()].flat();
  console.log(`${all.length} documents, one after another; times as the client sees them, sending included`);
  report('refused, p99', Number(at(all, 0.99)), REFUSED_MS_P99_TARGET);
  report('event loop held up, p99', delay.p99, LOOP_MS_TARGET);
  report('event loop held up, max', delay.max, LOOP_MS_TARGET);
} finally {
  agent.destroy();
  await stack.stop();
  await loop.dispose();
}
process.exitCode = missed > 0 ? 1 : 0;

function report(what, figure, target) {
  const met = figure <= target;
  if (!met) missed += 1;
  console.log(`${what.padEnd(34)} ${figure.toFixed(1).padStart(8)} ms (target ${target}) ${met ? 'met' : 'MISSED'}`);
}

function at(times, share) {
  const sorted = [...times].sort((left, right) => left - right);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
}

/** Resolves to the milliseconds it took; throws when the document was not refused. */
async function refuse([name, create], number) {
  const body = JSON.stringify({ query: create(number) });
  const startedAt = performance.now();
  const answer = await send(body);
  const took = performance.now() - startedAt;
  if (!answer.includes('"errors"') || answer.includes('internal')) {
    throw new Error(`"${name}" was not refused: ${answer.slice(0, 300)}`);
  }
  return took;
}

function send(body) {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${stack.apiKey}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const asking = request(`${stack.apiUrl}/graphql`, { method: 'POST', agent, headers }, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.once('end', () => resolve(Buffer.concat(pieces).toString()));
      response.once('error', reject);
    });
    asking.once('error', reject);
    asking.end(body);
  });
}
