import { expect, test } from 'vitest';
import { expectWellFormed, hear, rejection, run, textOf } from './run-request.js';
import type { ContractSubject } from './subject.js';

const PROMPT_CHARACTERS = 4_000;

/** What a caller may ask for: language, translation, a hint, and options that nobody knows. */
export function testRequests(subject: ContractSubject): void {
  const { language } = subject.options;
  const windows = () => [subject.window(0, { seconds: 4 })];

  test('a language that is given is the language of the result', async () => {
    const [result] = await hear(subject.model, windows(), { language });
    expect(textOf(result)).not.toBe('');
    expect(result?.language).toBe(language);
  });

  test('a language that is not given is detected where the backend can do that', async (context) => {
    if (!subject.model.capabilities.languageDetection) context.skip('This backend does not detect languages.');
    const [result] = await hear(subject.model, windows());
    expect(result?.language).toBe(language);
    if (result?.languageConfidence === undefined) return;
    expect(result.languageConfidence).toBeGreaterThan(0);
    expect(result.languageConfidence).toBeLessThanOrEqual(1);
  });

  test('a language that nobody speaks is refused as unsupported where the backend knows languages', async (context) => {
    if (!subject.model.capabilities.languageDetection) context.skip('This backend does not know languages.');
    const error = await rejection(() => run(subject.model, windows(), { language: 'qq' }));
    expect(error.code).toBe('request-unsupported');
  });

  test('a translation succeeds where the backend can translate, and is refused as unsupported where it cannot', async () => {
    const request = { task: 'translate', language } as const;
    if (subject.model.capabilities.translation) {
      const [result] = await hear(subject.model, windows(), request);
      expect(textOf(result)).not.toBe('');
      expectWellFormed(windows()[0], result);
    } else {
      expect((await rejection(() => run(subject.model, windows(), request))).code).toBe('request-unsupported');
    }
  });

  test.each([
    ['short', 'Names: Ada Lovelace, Grace Hopper.'],
    ['empty', ''],
    ['endless', 'A hint that goes on. '.repeat(PROMPT_CHARACTERS / 21)],
  ])('a prompt that is %s is accepted', async (_, prompt) => {
    const [result] = await hear(subject.model, windows(), { language, prompt });
    expectWellFormed(windows()[0], result);
  });

  test('an option that it does not know comes back as a warning, and the request succeeds', async () => {
    const parts = await run(subject.model, windows(), { language, extra: { 'no-such-option': true } });
    const warnings = parts.flatMap((part) => (part.type === 'warning' ? [part.warning] : []));
    expect(warnings.map(({ code }) => code)).toContain('unknown-option');
    expect(warnings.find(({ code }) => code === 'unknown-option')?.message).toContain('no-such-option');
    expect(parts.filter(({ type }) => type === 'window-final')).toHaveLength(1);
  });
}
