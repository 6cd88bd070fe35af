import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectInvariants } from './expect-invariants.js';
import { install, type Installation } from './installation.js';

let installation: Installation;

beforeAll(async () => {
  installation = await install({ env: { AUDIO_CHUNK_SIZE: '120' } });
});
afterAll(() => installation.stop());

interface HeardRow extends Record<string, unknown> {
  readonly language: string | null;
  readonly language_confidence: number | null;
}

async function hear(prompt: string, model: string): Promise<{ language: string | null; windows: HeardRow[] }> {
  const id = await installation.submit({ audio: { seconds: 240 }, prompt, model });
  const transcription = await installation.finished(id);
  expect(transcription.state).toBe('completed');
  const windows = await installation.db.orm.execute<HeardRow>(sql`
    select language, language_confidence from windows where transcription_id = ${id} order by index`);
  return { language: transcription.language, windows: [...windows] };
}

test.each(['fake', 'fake-concurrent'])(
  'on %s the first windows settle the language once for all chunks, and one that was misheard is heard again',
  async (model) => {
    const doubtful = 'fake:hear@language=fr,confidence=0.9;hear@window=1,language=de,confidence=0.6';
    const { language, windows } = await hear(doubtful, model);
    expect(language).toBe('fr');
    expect(windows.map((window) => window.language)).toEqual(windows.map(() => 'fr'));
    // The second one was told, so it has no confidence of its own.
    expect(windows[1]?.language_confidence).toBeNull();
  },
);

test('a window in which another language is really spoken keeps it', async () => {
  const mixed = 'fake:hear@language=fr,confidence=0.9;hear@window=1,language=de,confidence=0.95';
  const { language, windows } = await hear(mixed, 'fake-concurrent');
  expect(language).toBe('fr');
  expect(windows[1]).toMatchObject({ language: 'de', language_confidence: 0.95 });
  expect(windows.filter((window) => window.language === 'de')).toHaveLength(1);
});

test('after all of this every invariant holds', () => expectInvariants(installation));
