// Measures how fast the console answers under load: node test/performance/console-load.mjs [page] [--document]
// 1,000 jobs, 200 of them progressing once a second, one transcript of three hours. Prints page, interaction and milliseconds from the event to the
// paint behind it, in a real browser; ends with 1 when one took longer than the target. Needs a built console and a Chromium.
// --document writes the figures into docs/operations/console-load.md.
import { parseArgs } from 'node:util';
import { openDatabase } from '@voice-transcriber/db';
import { findFreePort } from '@voice-transcriber/local-database';
import { startStack } from '@voice-transcriber/testkit';
import { fillDatabase, LIVE_ROWS } from './console/fill-database.mjs';
import { listPages } from './console/interactions.mjs';
import { keepRowsLive } from './console/keep-rows-live.mjs';
import { measureInteraction, observeInteractions, REPORTED_MILLISECONDS_MIN } from './console/measure-interaction.mjs';
import { openConsole, signIn } from './console/open-console.mjs';
import { writeSection } from './console/write-section.mjs';

const TARGET_MILLISECONDS = 200;
const ROUNDS = 3;

const { positionals, values } = parseArgs({ allowPositionals: true, options: { document: { type: 'boolean' } } });
const [wanted] = positionals;
const globalId = (rowId) => Buffer.from(`Transcription:${rowId}`).toString('base64url');
const port = await findFreePort();
const stack = await startStack({
  workers: 0,
  database: 'own',
  env: { CONSOLE_ORIGINS: `http://127.0.0.1:${port}`, CONSOLE_PORT: String(port) },
});
const db = openDatabase(stack.databaseUrl, { connectionsMax: 4 });
const disposals = [() => stack.stop(), () => db.close()];
let missed = 0;
const rows = [];
try {
  const { transcriptId, liveIds } = await fillDatabase(db.sql, stack.dataDirectory);
  const console_ = await openConsole({ port, apiUrl: stack.apiUrl.replace('127.0.0.1', 'localhost') });
  disposals.push(() => console_.close());
  const page = await signIn(console_, stack.apiKey);
  page.setDefaultTimeout(30_000);
  await page.addInitScript(observeInteractions);
  disposals.push(keepRowsLive(db, liveIds));
  console.log(`1,000 jobs, ${LIVE_ROWS} of them progressing every second; longest of ${ROUNDS} rounds\n`);
  console.log(`${'page'.padEnd(12)} ${'interaction'.padEnd(32)} ${'ms'.padStart(6)}   target ${TARGET_MILLISECONDS}`);
  const job = `/jobs/${globalId(transcriptId)}`;
  for (const { page: name, path, interactions } of listPages({ job, transcript: `${job}/transcript` })) {
    if (wanted !== undefined && name !== wanted) continue;
    await page.goto(console_.url + path);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    for (const [interaction, figures] of await measurePage(page, interactions)) print(name, interaction, figures);
  }
} finally {
  for (const dispose of disposals.reverse()) await dispose();
}
if (values.document) await writeSection('interactions', ['page', 'interaction', 'longest, ms', ''], rows);
process.exitCode = missed > 0 ? 1 : 0;

async function measurePage(page, interactions) {
  const figures = new Map(interactions.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const interaction of interactions) {
      figures.get(interaction.name).push(await measureInteraction(page, interaction));
      await interaction.settled?.(page);
      await interaction.undo?.(page);
    }
  }
  return figures;
}

function print(name, interaction, figures) {
  const longest = Math.max(...figures);
  const met = longest <= TARGET_MILLISECONDS;
  if (!met) missed += 1;
  const shown = longest === 0 ? `< ${REPORTED_MILLISECONDS_MIN}` : String(Math.round(longest));
  rows.push([name, interaction, shown, met ? 'met' : 'MISSED']);
  console.log(`${name.padEnd(12)} ${interaction.padEnd(32)} ${shown.padStart(6)}   ${met ? 'met' : 'MISSED'}`);
}
