// Loaded into an API process by NODE_OPTIONS. On SIGUSR2 it writes how long its event loop was held up since the last one, in milliseconds, to EVENT_LOOP_REPORT.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const report = process.env['EVENT_LOOP_REPORT'];
if (report !== undefined && process.argv[1]?.endsWith('api/dist/main.js')) {
  const resolution = 1;
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  process.on('SIGUSR2', () => {
    // The clock counts from tick to tick: what is above its own period is delay.
    const milliseconds = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution);
    writeFileSync(report, JSON.stringify({ p99: milliseconds(delay.percentile(99)), max: milliseconds(delay.max) }));
    delay.reset();
  });
}
