import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { createLogger } from '../logger.js';
import { startSpan, startTracing, type Tracing } from './index.js';

const logger = createLogger({ level: 'silent', name: 'test', instanceId: 'test' });
const servers: Server[] = [];
let tracing: Tracing | undefined;
afterEach(async () => {
  await tracing?.shutdown();
  tracing = undefined;
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function collect(answer: 'answers' | 'hangs'): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      if (answer === 'answers') response.writeHead(200).end('{}');
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, bodies };
}

async function trace(tracesUrl: string | undefined): Promise<Tracing> {
  const options = { exportDelayMilliseconds: 60_000, process: 'worker', instanceId: 'one', version: '1.2.3', logger };
  tracing = await startTracing({ ...options, tracesUrl });
  return tracing;
}

test('without a collector spans are nothing: they have no context, and ending them does no harm', async () => {
  await trace(undefined);
  const span = startSpan('work', { parent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
  expect(span.traceParent).toBeUndefined();
  span.set({ fact: 1 });
  span.end();
  span.end({ error: new Error('again') });
});

test('a span joins the trace of its parent, begins one where the parent cannot be read, and can be given its id', async () => {
  const { url, bodies } = await collect('answers');
  const started = await trace(url);
  const above = startSpan('above', { spanId: '00f067aa0ba902b7' });
  expect(above.traceParent).toMatch(/^00-[0-9a-f]{32}-00f067aa0ba902b7-01$/);
  const below = startSpan('below', { parent: above.traceParent });
  expect(below.traceParent?.slice(3, 35)).toBe(above.traceParent?.slice(3, 35));
  for (const parent of ['nonsense', '', null, '00-00000000000000000000000000000000-0000000000000000-01']) {
    const alone = startSpan('alone', { parent });
    expect(alone.traceParent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(alone.traceParent?.slice(3, 35)).not.toBe(above.traceParent?.slice(3, 35));
  }
  below.end({ error: Object.assign(new Error('It is full.'), { code: 'disk-full' }) });
  above.end();
  above.end();
  await started.shutdown();
  const sent = bodies.join('\n');
  expect(sent.match(/"name":"above"/g)).toHaveLength(1);
  expect(sent, 'what is not ended is not sent').not.toContain('"name":"alone"');
  expect(sent).toContain('{"key":"error.type","value":{"stringValue":"disk-full"}}');
  expect(sent).toContain('{"key":"service.name","value":{"stringValue":"voice-transcriber-worker"}}');
});

test('a collector that hangs holds up the end of a process for two seconds at most', async () => {
  const { url, bodies } = await collect('hangs');
  const started = await trace(url);
  startSpan('work').end();
  const begun = performance.now();
  await started.shutdown();
  expect(bodies).toHaveLength(1);
  expect(performance.now() - begun).toBeLessThan(4_000);
});
