import { readFile } from 'node:fs/promises';

/** A fenced block of a Markdown file. */
export interface GuideBlock {
  readonly language: string;
  readonly code: string;
  readonly line: number;
  /** Of the section that it stands in. */
  readonly heading: string;
  /** Blocks of commands: what the guide says that they print. */
  readonly answers: GuideBlock[];
}

const ANSWERS = ['json', 'text'];

/** The fenced blocks of a guide. Blocks of answers belong to the commands before them. */
export async function readGuide(file: string): Promise<GuideBlock[]> {
  const text = await readFile(file, 'utf8');
  const blocks: GuideBlock[] = [];
  for (const match of text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    const before = text.slice(0, match.index);
    const block: GuideBlock = {
      language: match[1] ?? '',
      code: match[2] ?? '',
      line: before.split('\n').length,
      heading: [...before.matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? '',
      answers: [],
    };
    const commands = blocks.findLast(({ language }) => language === 'sh');
    if (ANSWERS.includes(block.language)) commands?.answers.push(block);
    blocks.push(block);
  }
  return blocks;
}

/** Whether commands printed what the guide says: a line of JSON with at least these fields, or this text. `…` stands for anything. */
export function matchesAnswer(output: string, { language, code }: GuideBlock): boolean {
  if (language === 'text') return toPattern(code.trim()).test(output);
  const expected: unknown = JSON.parse(code);
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .some((line) => includes(JSON.parse(line), expected));
}

function includes(actual: unknown, expected: unknown): boolean {
  if (typeof expected === 'string')
    return typeof actual === 'string' && new RegExp(`^${toPattern(expected).source}$`, 's').test(actual);
  if (typeof expected !== 'object' || expected === null) return actual === expected;
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(expected) && !(Array.isArray(actual) && (expected.length > 0 || actual.length === 0))) return false;
  return Object.entries(expected).every(([name, value]) => includes((actual as Record<string, unknown>)[name], value));
}

function toPattern(text: string): RegExp {
  const literal = text.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(literal.join('.*?'), 's');
}
