import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';

export interface Expression {
  /** The panel or the alert. */
  readonly of: string;
  readonly text: string;
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}

export const PROMETHEUS_DIRECTORY = join(REPOSITORY_DIRECTORY, 'deploy/prometheus');
const DASHBOARD = join(REPOSITORY_DIRECTORY, 'deploy/grafana/voice-transcriber.json');

export function dashboardPanels(): readonly Panel[] {
  return (JSON.parse(readFileSync(DASHBOARD, 'utf8')) as { panels: Panel[] }).panels;
}

export function dashboardExpressions(): Expression[] {
  return dashboardPanels().flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ of: title, text: expr })));
}

/** The alerts with their expressions, which stand on one line or in a block of deeper ones. */
export function alertExpressions(): Expression[] {
  const text = readFileSync(join(PROMETHEUS_DIRECTORY, 'alerts.yml'), 'utf8');
  return text
    .split(/^ +- alert: /m)
    .slice(1)
    .map((rule) => {
      const expression = /^ +expr: (?:\|\n((?: {10,}.*\n)+)|(.*)\n)/m.exec(rule);
      return { of: rule.split('\n')[0] ?? '', text: expression?.[1] ?? expression?.[2] ?? '' };
    });
}

/** What stands before `{`, `[`, `)` or an operator and is no function: the name of a series. */
export function seriesIn(expression: string): string[] {
  const withoutLabels = expression.replace(/\{[^}]*\}/g, '').replace(/\b(?:by|without|on) *\([^)]*\)/g, '');
  return [...withoutLabels.matchAll(/\b(up|(?:vt|process|nodejs)_[a-z0-9_]+)\b/g)].map(([name]) => name);
}

/** Every series that the dashboard or an alert names, but `up`, which is Prometheus's own. */
export function namesInMonitoring(): { of: string; name: string }[] {
  return [...dashboardExpressions(), ...alertExpressions()].flatMap(({ of, text }) =>
    seriesIn(text)
      .filter((name) => name !== 'up')
      .map((name) => ({ of, name })),
  );
}
