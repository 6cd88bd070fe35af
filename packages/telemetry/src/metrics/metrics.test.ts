import { expect, test } from 'vitest';
import {
  answerScrape,
  createMetricsRegistry,
  createWorkerMetrics,
  registerInstallationMetrics,
  type InstallationFigures,
} from './index.js';

const TOKEN = 'a-token-of-the-tests-0123456789';
const registry = () => createMetricsRegistry({ version: '1.2.3', instanceId: 'one' });
const PLACE = { model: 'base', backend: 'engine', device: 'cpu' };

test.each([
  ['no header', undefined, TOKEN],
  ['another token', 'Bearer another-token-of-the-tests', TOKEN],
  ['no scheme', TOKEN, TOKEN],
  ['no token in the configuration', 'Bearer undefined', undefined],
])('a scrape with %s is refused and tells nothing', async (_what, authorization, token) => {
  const { status, body } = await answerScrape(registry(), { authorization, token });
  expect(status).toBe(401);
  expect(body).not.toContain('process_');
});

test('a scrape with the token gets the format that Prometheus reads, with the usual figures of the process', async () => {
  const { status, headers, body } = await answerScrape(registry(), { authorization: `Bearer ${TOKEN}`, token: TOKEN });
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(body).toContain('vt_build_info{version="1.2.3",instance_id="one"} 1');
  expect(body).toContain('process_resident_memory_bytes');
});

test('what may be counted later is there from the start, so that its first count is seen as growth', async () => {
  const { register, read } = registry();
  const metrics = createWorkerMetrics(register);
  expect((await read()).text).toContain('vt_lease_recoveries_total{kind="chunk"} 0');
  metrics.modelLoaded(PLACE, 1.5);
  const labels = 'model="base",backend="engine",device="cpu"';
  expect((await read()).text).toContain(`vt_inference_process_crashes_total{${labels},reason="process-crashed"} 0`);
  metrics.processCrashed(PLACE, 'process-crashed');
  metrics.windowCommitted(PLACE, { audioSeconds: 30, inferenceSeconds: 3 });
  const { text } = await read();
  expect(text).toContain(`vt_inference_process_crashes_total{${labels},reason="process-crashed"} 1`);
  expect(text).toContain(`vt_real_time_factor_ratio_bucket{le="0.1",${labels}} 1`);
  expect(text).toContain(`vt_real_time_factor_ratio_bucket{le="0.05",${labels}} 0`);
});

test('figures of the installation are read once for a scrape, and have no value while they cannot be read', async () => {
  const { register, read } = registry();
  const figures: InstallationFigures = {
    transcriptions: { queued: 4, completed: 9 },
    endedLately: { completed: 1, failed: 0 },
    queueOldestSeconds: 12,
    queuePaused: false,
    chunksWaiting: 2,
    chunksRunning: 1,
    workers: { running: 3, lost: 0 },
    deliveriesPending: 0,
    deliveriesOldestSeconds: 0,
    databaseBytes: 1e7,
  };
  let reads = 0;
  let reachable = true;
  registerInstallationMetrics(register, () => {
    reads += 1;
    return reachable ? Promise.resolve({ figures, ageSeconds: 3 }) : Promise.reject(new Error('away'));
  });
  const { text } = await read();
  expect(reads).toBe(1);
  expect(text).toContain('vt_queue_depth 4');
  expect(text).toContain('vt_workers{state="running"} 3');
  expect(text).toContain('vt_installation_figures_age_seconds 3');
  reachable = false;
  await new Promise((resolve) => setImmediate(resolve));
  expect((await read()).text).not.toMatch(/^vt_(queue|workers|transcriptions|chunks|installation)\S* /m);
});
