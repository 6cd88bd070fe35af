import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { BenchmarkError } from '../parse-order.js';

export interface Recording {
  /** File name. */
  readonly name: string;
  readonly path: string;
  /** ISO 639-1; null = nobody tells. */
  readonly language: string | null;
  /** What is said in it. */
  readonly reference: string | null;
}

const CATALOGUE = 'CATALOG.tsv';
const NO_RECORDINGS = ['.txt', '.tsv', '.csv', '.json', '.md', '.html', '.py', '.sh', '.pdf', '.jpg', '.png'];

/**
 * The recordings of a folder, in the order of their names. A `CATALOG.tsv` with the columns `file` and, as far as known, `language` and `reference` (a file of
 * text, or `-`) lists them; without one, every file counts that is no text, with `NAME.txt` beside it as its reference. Throws BenchmarkError `audio-missing`.
 */
export async function findRecordings(directory: string, language: string | null): Promise<Recording[]> {
  const names = await readdir(directory).catch((cause: unknown) => {
    throw new BenchmarkError('audio-missing', `The folder ${directory} cannot be read: ${(cause as Error).message}`);
  });
  const listed = names.includes(CATALOGUE)
    ? parseCatalogue(await readFile(path.join(directory, CATALOGUE), 'utf8'))
    : names.filter(isRecording).map((file) => ({ file, language: null, reference: referenceOf(file, names) }));
  const recordings: Recording[] = [];
  for (const entry of listed.filter(({ file }) => names.includes(file)).sort(byFile)) {
    const file = path.join(directory, entry.file);
    if (!(await stat(file)).isFile()) continue;
    const reference = entry.reference === null ? null : await readReference(path.join(directory, entry.reference));
    recordings.push({ name: entry.file, path: file, language: entry.language ?? language, reference });
  }
  if (recordings.length === 0) {
    throw new BenchmarkError(
      'audio-missing',
      `There are no recordings in ${directory}. Put some there, each with its text in NAME.txt, or name another folder.`,
    );
  }
  return recordings;
}

interface Listed {
  readonly file: string;
  readonly language: string | null;
  readonly reference: string | null;
}

function byFile(one: Listed, other: Listed): number {
  return one.file < other.file ? -1 : 1;
}

function isRecording(name: string): boolean {
  return !name.startsWith('.') && !NO_RECORDINGS.includes(path.extname(name).toLowerCase());
}

function referenceOf(file: string, names: readonly string[]): string | null {
  const reference = `${path.basename(file, path.extname(file))}.txt`;
  return names.includes(reference) ? reference : null;
}

function parseCatalogue(text: string): Listed[] {
  const [head = [], ...rows] = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split('\t').map((field) => field.trim()));
  const column = (name: string) => head.indexOf(name);
  if (column('file') < 0) throw new BenchmarkError('audio-missing', `${CATALOGUE} has no column "file".`);
  const read = (row: readonly string[], name: string): string | null => {
    const value = column(name) < 0 ? undefined : row[column(name)];
    return value === undefined || value === '' || value === '-' ? null : value;
  };
  return rows.flatMap((row) => {
    const file = read(row, 'file');
    if (file === null || path.basename(file) !== file) return [];
    const language = read(row, 'language');
    const reference = read(row, 'reference');
    return [
      {
        file,
        language: language !== null && /^[a-z]{2,3}$/.test(language) ? language : null,
        reference: reference === null ? null : path.basename(reference),
      },
    ];
  });
}

/** A reference that cannot be read counts as none. */
async function readReference(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}
