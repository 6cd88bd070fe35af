// How far one installation goes: npm run scale:study [-- --only workers|tables]
// Throughput over 1, 2, 4 and 8 workers, then a queue of 100,000 and a million finished transcriptions. Prints tables as docs/operations/scale.md has them; ends with
// 1 when a limit is missed.
import { availableParallelism, cpus, totalmem } from 'node:os';
import postgres from 'postgres';
import { startStack } from '@voice-transcriber/testkit';
import { fillTables, SIZES } from './scale/fill-tables.mjs';
import { measureTables } from './scale/measure-tables.mjs';
import { FILE_SECONDS, FILES, measureWorkers, SPEED } from './scale/measure-workers.mjs';

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const log = (line) => console.log(line);
const startedAt = performance.now();
const number = (value) => value.toLocaleString('en');

log(
  `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
if (only !== 'tables') {
  log(`\n${FILES} recordings of ${FILE_SECONDS} s, a model that takes ${SPEED} audio seconds a second`);
  const results = await measureWorkers(log);
  log('\n| workers | seconds | audio seconds a second | times one worker |\n| ---: | ---: | ---: | ---: |');
  for (const { workers, seconds, audioPerSecond, speedUp } of results)
    log(`| ${workers} | ${seconds.toFixed(1)} | ${audioPerSecond.toFixed(0)} | ${speedUp.toFixed(2)} |`);
}
if (only !== 'workers') {
  log(
    `\nfilling the tables: ${Object.entries(SIZES)
      .map(([what, count]) => `${what} ${number(count)}`)
      .join(', ')}`,
  );
  const stack = await startStack({ workers: 0, database: 'own', env: { LOG_LEVEL: 'WARNING' } });
  try {
    const { seconds, size } = await fillTables(stack.databaseUrl, log);
    log(`  filled in ${seconds.toFixed(0)} s; the database has ${size}`);
    const results = await measureTables(stack, { words: await chooseWords(stack.databaseUrl), logger: log });
    log('\n| what | p50 ms | p95 ms | limit ms |\n| --- | ---: | ---: | ---: |');
    for (const { what, p50, p95, limit } of results)
      log(`| ${what} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | ${number(limit)}${p95 <= limit ? '' : ' **missed**'} |`);
    if (results.some(({ p95, limit }) => p95 > limit)) process.exitCode = 1;
  } finally {
    await stack.stop();
  }
}
log(`\nthe study took ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`);

/** Words by how many sentences of the vocabulary have them: of three such sentences each text is made. */
async function chooseWords(databaseUrl) {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    const rows = await sql`
      select word, count(*)::int as sentences from study_sentences, regexp_split_to_table(text, ' ') word group by word order by count(*) desc`;
    const near = (share) => {
      const wanted = share * SIZES.sentences;
      return [...rows]
        .sort((left, right) => Math.abs(left.sentences - wanted) - Math.abs(right.sentences - wanted))
        .slice(0, 20)
        .map(({ word }) => word);
    };
    return { common: near(1 / 8).slice(0, 4), rare: near(5 / SIZES.sentences) };
  } finally {
    await sql.end();
  }
}
