// Asks the API one small question after another until standard input ends, then prints how long the answers took: {"count":…,"p50":…,"p99":…,"max":…} in milliseconds.
// A process of its own: whoever loads the API beside it must not hold up the clock.
import { Agent, request } from 'node:http';

const [url, apiKey, document] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const body = JSON.stringify({ query: document });
const times = [];
let over = false;
process.stdin.resume().once('end', () => (over = true));
while (!over) {
  const startedAt = performance.now();
  await ask();
  times.push(performance.now() - startedAt);
}
agent.destroy();
times.sort((left, right) => left - right);
const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
console.log(JSON.stringify({ count: times.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }));

function ask() {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    const asking = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      response.on('data', () => undefined);
      response.once('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode}`)),
      );
    });
    asking.once('error', reject);
    asking.end(body);
  });
}
