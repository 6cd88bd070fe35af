// `npm run schema`: writes what the code makes of the GraphQL schema: apps/api/schema.graphql, sorted, and docs/api-reference.md.
//   --check    changes nothing; fails when a file is not up to date, or when clients of the last release would break without that being said
//   --release  makes today's schema the one that clients rely on, and forgets the breaks that were said
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, graphqlSync, getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql';
import markdown from 'graphql-markdown';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { repositoryDirectory, run } from './workspace.mjs';

const SCHEMA = path.join(repositoryDirectory, 'apps/api/schema.graphql');
const RELEASED = path.join(repositoryDirectory, 'apps/api/released/schema.graphql');
const ACCEPTED = path.join(repositoryDirectory, 'apps/api/released/accepted-breaks.json');
const REFERENCE = path.join(repositoryDirectory, 'docs/api-reference.md');

await buildApi();
const { schema } = await import('../apps/api/dist/graphql/schema.js');
const sorted = lexicographicSortSchema(schema);
const made = new Map([
  [SCHEMA, `${printSchema(sorted)}\n`],
  [REFERENCE, await renderReference(sorted)],
]);

const problems = [];
if (process.argv.includes('--check')) {
  for (const [file, content] of made) {
    if ((await readFile(file, 'utf8').catch(() => '')) !== content) {
      problems.push(
        `${path.relative(repositoryDirectory, file)} is not what the code makes. Run "npm run schema" and commit the result.`,
      );
    }
  }
  problems.push(...(await findUnsaidBreaks()));
} else {
  for (const [file, content] of made) await writeFile(file, content);
  if (process.argv.includes('--release')) {
    await writeFile(RELEASED, made.get(SCHEMA));
    await writeFile(ACCEPTED, '[]\n');
  }
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

async function buildApi() {
  const { code, output } = await run('npx', ['tsc', '-b', 'apps/api'], { quiet: true });
  if (code === 0) return;
  console.error(output);
  process.exit(1);
}

/** A client that was written for the released schema must go on working, or the break stands in the list with its reason. */
async function findUnsaidBreaks() {
  const released = buildSchema(await readFile(RELEASED, 'utf8'));
  const accepted = JSON.parse(await readFile(ACCEPTED, 'utf8'));
  const breaks = (await diff(released, buildSchema(made.get(SCHEMA))))
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ message }) => message);
  const unsaid = breaks.filter((message) => !accepted.some(({ change }) => change === message));
  const needless = accepted.filter(({ change }) => !breaks.includes(change));
  return [
    ...unsaid.map(
      (message) =>
        `Breaks clients of the last release: ${message} Keep the old way beside the new one, or add { "change": …, "reason": … } to apps/api/released/accepted-breaks.json.`,
    ),
    ...needless.map(({ change }) => `Is no break, take it out of apps/api/released/accepted-breaks.json: ${change}`),
  ];
}

async function renderReference(from) {
  const { data } = graphqlSync({ schema: from, source: getIntrospectionQuery({ oneOf: true }) });
  const lines = [];
  markdown.renderSchema(data, {
    title: 'API reference',
    prologue:
      'Made from the schema by `npm run schema`; what each part is for stands in the [README](../README.md). Expected failures are types: every one implements `Error` and says in `message` what to do.',
    printer: (line) => lines.push(line),
  });
  return format(`${lines.join('\n')}\n`, { ...(await resolveConfig(REFERENCE)), parser: 'markdown' });
}
