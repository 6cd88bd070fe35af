import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';

const SKIPPED_FOLDERS = ['node_modules', 'dist', 'data', 'test-output', 'coverage'];

/** All pages, as paths from the repository's root. */
export function listDocuments(folder = ''): string[] {
  return readdirSync(join(REPOSITORY_DIRECTORY, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return entry.name.startsWith('.') || SKIPPED_FOLDERS.includes(entry.name) ? [] : listDocuments(path);
    }
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

export function readDocument(path: string): string {
  return readFileSync(join(REPOSITORY_DIRECTORY, path), 'utf8');
}

/** Prose without code: what stands in fences or back quotes is no link. */
function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
}

/** Relative links of a page that lead nowhere: the file is missing, or has no such heading. */
export function findBrokenLinks(path: string, text: string): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(
    ([, link = '']) => link,
  );
  return links
    .filter((link) => !/^[a-z][a-z0-9+.-]*:/i.test(link))
    .filter((link) => !leadsSomewhere(path, text, link))
    .map((link) => `${path}: ${link}`);
}

function leadsSomewhere(path: string, text: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? path : relative('', join(dirname(path), decodeURI(file)));
  if (!existsSync(join(REPOSITORY_DIRECTORY, target))) return false;
  return (
    anchor === undefined ||
    !target.endsWith('.md') ||
    anchorsOf(target === path ? text : readDocument(target)).has(decodeURI(anchor))
  );
}

/** As GitHub makes them: lower case, without punctuation, spaces as dashes, counted when they occur twice. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  const headings = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*\s*$/gm)];
  for (const [, heading = ''] of headings) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    let count = 0;
    while (anchors.has(count === 0 ? anchor : `${anchor}-${count}`)) count += 1;
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}

/** The commands of all ```sh blocks, joined where a line goes on, without comments and without what is put before them. */
export function listCommands(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.replace(/\\\n/g, ' ').split('\n'))
    .map((line) =>
      line
        .replace(/\s+#\s.*$/, '')
        .replace(/^(?:[A-Z_]+=\S+\s+)+/, '')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('#'));
}
