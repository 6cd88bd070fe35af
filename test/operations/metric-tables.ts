import type { Exposition } from './exposition.js';

/** Metrics that have values only where there is something to tell, and where that is. */
const CONDITIONS: Readonly<Record<string, string>> = {
  vt_gpu_: 'where there is an NVIDIA graphics processor and nvidia-smi',
  vt_container_: 'where the control group has that limit',
  vt_model_load_failures_total: 'once a load has failed',
};

export const CONDITIONAL_METRICS = Object.keys(CONDITIONS);

const HEADER = `# Metrics

Every metric of Voice Transcriber, as its processes tell it. How to read them, and what to do when an alert fires: [monitoring.md](monitoring.md). Beside these, API and workers have
the usual \`process_*\` and \`nodejs_*\` of Node.

A histogram has three kinds of series: \`_bucket\` (with the label \`le\`), \`_sum\` in the unit of its name, and \`_count\`.

<!-- Written by test/operations/metrics.test.ts from running processes: npm test -- test/operations/metrics.test.ts -u -->
`;

/** docs/operations/metrics.md, from what the processes say about themselves. */
export function describeMetrics(processes: { readonly api: Exposition; readonly worker: Exposition }): string {
  const { api, worker } = processes;
  const own = (exposition: Exposition): string[] =>
    [...exposition.types.keys()].filter((name) => name.startsWith('vt_')).sort();
  const both = own(api).filter((name) => worker.types.has(name));
  const only = (exposition: Exposition): string[] => own(exposition).filter((name) => !both.includes(name));
  return [
    HEADER,
    section('API', only(api), api),
    section('Worker', only(worker), worker),
    section('Both', both, worker),
  ].join('\n');
}

function section(title: string, names: readonly string[], exposition: Exposition): string {
  const rows = names.map((name) => {
    const condition = Object.entries(CONDITIONS).find(([prefix]) => name.startsWith(prefix))?.[1];
    const cells = [
      `\`${name}\``,
      exposition.types.get(name) ?? '',
      unitOf(name),
      labelsOf(name, exposition)
        .map((label) => `\`${label}\``)
        .join(', '),
      `${exposition.helps.get(name) ?? ''}${condition === undefined ? '' : ` Only ${condition}.`}`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [`## ${title}`, '', '| metric | type | unit | labels | meaning |', '|---|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
}

const UNITS = ['seconds', 'bytes', 'ratio', 'cores', 'celsius', 'watts', 'info'];

function unitOf(name: string): string {
  return UNITS.find((unit) => new RegExp(`_${unit}(_total)?$`).test(name)) ?? 'number';
}

/** As they are seen; \`le\` is the histogram's own. Those without values have the labels of their kind. */
function labelsOf(name: string, { samples }: Exposition): string[] {
  const seen = samples
    .filter((sample) => sample.name === name || ['_bucket', '_sum', '_count'].some((end) => sample.name === name + end))
    .flatMap(({ labels }) => Object.keys(labels));
  if (seen.length === 0 && name.startsWith('vt_gpu_')) return ['gpu', 'name'];
  if (seen.length === 0 && name === 'vt_model_load_failures_total') return ['backend', 'device', 'model', 'reason'];
  return [...new Set(seen)].filter((label) => label !== 'le').sort();
}
