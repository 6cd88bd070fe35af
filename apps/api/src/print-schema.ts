import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './graphql/schema.js';

/** Writes the schema, sorted, over schema.graphql; with `--check` only tells whether that would change it. */
const path = fileURLToPath(new URL('../schema.graphql', import.meta.url));
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;

if (!process.argv.includes('--check')) {
  await writeFile(path, printed);
} else if ((await readFile(path, 'utf8')) !== printed) {
  process.stderr.write(
    'schema.graphql is not what the code makes. Run "npm run schema" and commit the result; look whether clients can bear it.\n',
  );
  process.exitCode = 1;
}
