// `npm run check`: what continuous integration runs before the tests. One line per step; the first failure ends it and shows its output.
import { ensureInstalled, run } from './workspace.mjs';

const steps = [
  { name: 'build', command: ['npx', 'turbo', 'run', 'build', '--output-logs=errors-only'] },
  { name: 'initial JavaScript of the console', command: ['node', 'scripts/check-console-budget.mjs'] },
  { name: 'types of the tests', command: ['npx', 'tsc', '-p', 'test'] },
  { name: 'lint', command: ['npx', 'eslint', '--max-warnings=0', '.'] },
  { name: 'format', command: ['npx', 'prettier', '--check', '--log-level=warn', '.'] },
  { name: 'unused code (knip)', command: ['npx', 'knip', '--no-progress'] },
  { name: 'GraphQL schema as committed', command: ['node', 'scripts/schema.mjs', '--check'] },
  { name: 'configuration reference as committed', command: ['node', 'scripts/configuration-reference.mjs', '--check'] },
  { name: 'migrations as committed', command: ['node', 'scripts/check-migrations.mjs'] },
  { name: 'architecture', command: ['npx', 'vitest', 'run', '--root=test/architecture'] },
];

await ensureInstalled();
for (const { name, command } of steps) await runStep(name, command);

async function runStep(name, [program, ...programArguments]) {
  const startedAt = performance.now();
  const { code, output } = await run(program, programArguments, { quiet: true });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (code === 0) return;
  console.log(output);
  process.exit(1);
}
