import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { ExportFormat } from '@voice-transcriber/client';

/** One path in the directory for each recording: `talk.srt` for talk.mp3, and `talk-2.srt` for another talk. */
export function planOutputFiles(files: readonly string[], directory: string, format: ExportFormat): string[] {
  const taken = new Set<string>();
  return files.map((file) => {
    const stem = basename(file, extname(file));
    let name = `${stem}.${format}`;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${stem}-${String(number)}.${format}`;
    taken.add(name.toLowerCase());
    return join(directory, name);
  });
}

/** Whole or not at all. An older transcript of that name is replaced. */
export async function writeOutputFile(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  const part = `${path}.part`;
  await writeFile(part, text);
  await rename(part, path);
}
