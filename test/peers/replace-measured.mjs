import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Puts figures into a page, between the two marks of that name; the words around them are written by people. */
export async function replaceMeasured(document, figures, name = 'measured') {
  const marks = new RegExp(`(<!-- ${name}: [^>]*-->\\n)[\\s\\S]*(<!-- end of ${name} -->)`);
  const text = await readFile(document, 'utf8');
  if (!marks.test(text)) throw new Error(`${document} has lost the marks between which the figures go.`);
  // A function, because figures may hold what a replacement text gives a meaning to.
  await writeFile(
    document,
    text.replace(marks, (_all, start, end) => `${start}\n${figures}\n\n${end}`),
  );
  await promisify(execFile)('npx', ['prettier', '--write', '--log-level=warn', document]);
}
