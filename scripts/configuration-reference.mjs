// `npm run docs:configuration`: writes docs/operations/configuration.md from the variables that packages/config knows.
//   --check  changes nothing; fails when the page is not up to date
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { repositoryDirectory, run } from './workspace.mjs';

const PAGE = path.join(repositoryDirectory, 'docs/operations/configuration.md');

const { code, output } = await run('npx', ['tsc', '-b', 'packages/config'], { quiet: true });
if (code !== 0) throw new Error(output);
const { CONFIG_VARIABLES } = await import('../packages/config/dist/index.js');
const page = await render(CONFIG_VARIABLES);
if (!process.argv.includes('--check')) await writeFile(PAGE, page);
else if ((await readFile(PAGE, 'utf8').catch(() => '')) !== page) {
  console.error(`${PAGE} is not what the code makes. Run "npm run docs:configuration" and commit the result.`);
  process.exitCode = 1;
}

async function render(variables) {
  const rows = variables.map(({ name, default: fallback, accepts, effect, restart }) =>
    row([`\`${name}\``, `\`${fallback}\``, accepts, effect, restart]),
  );
  const lines = [
    '# Configuration',
    '',
    'Made from `packages/config/src/variables.ts` by `npm run docs:configuration`; do not edit it by hand.',
    '',
    'Everything is set by environment variables. An unset variable and an empty one are the same. A value that is not accepted stops the start, and all of them are named at once with what is accepted. A default in angle brackets is worked out. Values are read once, when a program starts; the last column says which programs must be started again after a change. With `vt up` that is one restart of `vt up`. `vt doctor` shows what is set and finds settings that contradict the machine.',
    '',
    row(['variable', 'default', 'accepted', 'effect', 'restart']),
    row(['---', '---', '---', '---', '---']),
    ...rows,
    '',
  ];
  return format(lines.join('\n'), { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}

function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
