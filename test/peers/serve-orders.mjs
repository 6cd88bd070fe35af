import { createInterface } from 'node:readline';

/**
 * The driver's side of the conversation in driver-process.mjs: says that it is ready, then answers one order after another until its input ends.
 * `do` names the operation; its answer is what the operation returns and the seconds that it took.
 */
export async function serveOrders(version, operations) {
  // What a library prints must not be taken for an answer.
  const answer = (fields) => process.stdout.write(`${JSON.stringify(fields)}\n`);
  for (const level of ['log', 'info', 'debug']) console[level] = console.error;
  answer({ ready: true, version });
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line);
    const startedAt = performance.now();
    try {
      const outcome = await operations[order.do](order);
      answer({ seconds: (performance.now() - startedAt) / 1000, ...outcome });
    } catch (error) {
      answer({ error: error instanceof Error ? error.message : String(error) });
    }
  }
}
