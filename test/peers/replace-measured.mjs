import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const MEASURED = /(<!-- measured: [^>]*-->\n)[\s\S]*(<!-- end of measured -->)/;

/** Puts figures into a page, between its two marks; the words around them are written by people. */
export async function replaceMeasured(document, figures) {
  const text = await readFile(document, 'utf8');
  if (!MEASURED.test(text)) throw new Error(`${document} has lost the marks between which the figures go.`);
  // A function, because figures may hold what a replacement text gives a meaning to.
  await writeFile(
    document,
    text.replace(MEASURED, (_all, start, end) => `${start}\n${figures}\n\n${end}`),
  );
  await promisify(execFile)('npx', ['prettier', '--write', '--log-level=warn', document]);
}
