import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sharedAudio } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorkbench, type Workbench } from './workbench.js';

interface CatalogEntry {
  readonly file: string;
  readonly seconds: number;
  readonly kind: string;
}

const CLIPS_EXPECTED = 73;
const catalogPath = sharedAudio('CATALOG.tsv');
const catalog = catalogPath === undefined ? [] : parseCatalog(readFileSync(catalogPath, 'utf8'));

function parseCatalog(text: string): CatalogEntry[] {
  const lines = text.trim().split('\n').slice(1);
  return lines.map((line) => {
    const [file = '', seconds, , kind = ''] = line.split('\t');
    return { file, seconds: Number(seconds), kind };
  });
}

test(`the collection of ${CLIPS_EXPECTED} recordings beside the repository is there`, (context) => {
  if (catalogPath === undefined) {
    context.skip(`../shared/audio/dev is absent: the decoding of its ${CLIPS_EXPECTED} clips is not tested here`);
  }
  expect(catalog.length).toBeGreaterThanOrEqual(CLIPS_EXPECTED);
});

describe.skipIf(catalogPath === undefined)('recordings of the shared collection', () => {
  let bench: Workbench;

  beforeAll(async () => {
    bench = await createWorkbench();
  });

  afterAll(async () => {
    await bench.dispose();
  });

  test.each(catalog)('$file is decoded to its $seconds s', async ({ file, seconds, kind }) => {
    const prepared = await bench.prepare(join(dirname(catalogPath ?? ''), file));
    expect(Math.abs(prepared.audioSeconds - seconds)).toBeLessThan(0.06);
    if (kind === 'silence' && file.startsWith('silence')) expect(prepared.plan.chunks).toEqual([]);
    else expect(prepared.speechSeconds).toBeGreaterThan(1);
  });

  test('long gaps and a long lead of faint noise are left out of the plan', async () => {
    const gaps = await bench.prepare(join(dirname(catalogPath ?? ''), 'gaps-45s.flac'));
    expect(gaps.plan.chunks.flatMap((chunk) => chunk.windows)).toHaveLength(3);
    expect(gaps.speechSeconds).toBeLessThan(26);
    const late = await bench.prepare(join(dirname(catalogPath ?? ''), 'late-speech-90s.flac'));
    expect(late.plan.chunks[0]?.startSeconds).toBeGreaterThan(78);
    expect(late.plan.chunks[0]?.endSeconds).toBeGreaterThan(90.5);
  });
});
