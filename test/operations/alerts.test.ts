import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';
import { expect, test } from 'vitest';
import {
  alertExpressions,
  dashboardExpressions,
  dashboardPanels,
  PROMETHEUS_DIRECTORY,
  seriesIn,
} from './monitoring-files.js';

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const withPromtool = hasPromtool ? test : test.skip;
const because = hasPromtool ? '' : ' (skipped: there is no promtool on PATH; Debian has it in the package prometheus)';

async function runPromtool(...programArguments: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('promtool', programArguments, {
    cwd: PROMETHEUS_DIRECTORY,
    timeout: 60_000,
  });
  return stdout + stderr;
}

withPromtool(`promtool accepts the configuration and the rules${because}`, async () => {
  expect(await runPromtool('check', 'config', '--syntax-only', 'prometheus.yml')).toContain('SUCCESS');
  expect(await runPromtool('check', 'rules', '--lint=all', '--lint-fatal', 'alerts.yml')).toContain('SUCCESS');
});

withPromtool(`each alert fires where it should, and none in a healthy installation${because}`, async () => {
  expect(await runPromtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
});

withPromtool(`every query of the dashboard is one that Prometheus understands${because}`, async () => {
  const rules = dashboardExpressions().map(({ text }, index) => ({ record: `dashboard:${index}`, expr: text }));
  const directory = mkdtempSync(join(tmpdir(), 'vt-dashboard-'));
  try {
    const file = join(directory, 'rules.json');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    expect(await runPromtool('check', 'rules', file)).toContain(`SUCCESS: ${rules.length} rules found`);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('every alert has a case that lets it fire, one that keeps it silent, and a paragraph that says what to do', () => {
  const cases = readFileSync(join(PROMETHEUS_DIRECTORY, 'alerts.test.yml'), 'utf8');
  const healthy = cases.slice(cases.indexOf('name: a healthy installation is silent'));
  const handbook = readFileSync(join(REPOSITORY_DIRECTORY, 'docs/operations/monitoring.md'), 'utf8');
  const alerts = alertExpressions().map(({ of }) => of);
  expect(alerts.length).toBeGreaterThan(15);
  for (const alert of alerts) {
    expect(cases, alert).toContain(`name: ${alert} fires`);
    expect(healthy, alert).toContain(`alertname: ${alert}\n        exp_alerts: []`);
    expect(handbook, alert).toMatch(new RegExp(`^### ${alert}\\n\\n\\S`, 'm'));
  }
  const explained = [...handbook.matchAll(/^### (VoiceTranscriber\w+)$/gm)].map(([, name]) => name);
  expect(explained).toEqual(alerts);
});

test('the dashboard shows queue, throughput, real-time factor, latencies, crashes, resources and graphics processors', () => {
  const shown = dashboardExpressions().flatMap(({ text }) => seriesIn(text));
  for (const name of [
    'vt_queue_depth',
    'vt_audio_seconds_total',
    'vt_inference_seconds_total',
    'vt_transcription_duration_seconds_bucket',
    'vt_http_request_duration_seconds_bucket',
    'vt_inference_process_crashes_total',
    'vt_process_tree_memory_bytes',
    'vt_gpu_utilization_ratio',
  ])
    expect(shown).toContain(name);
  for (const { title, type, targets = [] } of dashboardPanels())
    if (type !== 'row') expect(targets.length, title).toBeGreaterThan(0);
});
