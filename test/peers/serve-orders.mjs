import { createInterface } from 'node:readline';

/**
 * The driver's side of the conversation in driver-process.mjs: says that it is ready, then answers one order after another until its input ends, which
 * aborts what is under way. `do` names the operation; its answer is what the operation returns and the seconds that it took.
 */
export async function serveOrders(version, operations) {
  // When nobody listens any more, the end of the input says so too.
  process.stdout.on('error', () => undefined);
  const answer = (fields) => process.stdout.write(`${JSON.stringify(fields)}\n`);
  // What a library prints must not be taken for an answer.
  for (const level of ['log', 'info', 'debug']) console[level] = console.error;
  answer({ ready: true, version });
  const controller = new AbortController();
  const lines = createInterface({ input: process.stdin });
  lines.once('close', () => controller.abort());
  for await (const line of lines) {
    const order = JSON.parse(line);
    const startedAt = performance.now();
    try {
      const outcome = await operations[order.do](order, controller.signal);
      answer({ seconds: (performance.now() - startedAt) / 1000, ...outcome });
    } catch (error) {
      answer({ error: error instanceof Error ? error.message : String(error) });
    }
  }
}
