import { z } from 'zod';
import { OpenAiProblem } from './openai-problem.js';

export const RESPONSE_FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt'] as const;
export type ResponseFormat = (typeof RESPONSE_FORMATS)[number];

/** What a form asks for, in our words. */
export interface SpeechOptions {
  /** undefined: the server's default. */
  readonly model: string | undefined;
  readonly language: string | undefined;
  readonly prompt: string | undefined;
  readonly format: ResponseFormat;
  readonly granularities: ReadonlySet<'word' | 'segment'>;
  readonly stream: boolean;
}

/** Names that OpenAI's clients send when nobody chose; all mean the default of this server. */
const DEFAULT_MODEL_NAMES = new Set(['whisper-1', 'default']);

const single = z
  .array(z.string())
  .max(1)
  .transform(([value]) => (value === '' ? undefined : value));
const form = z.object({
  model: single.optional(),
  language: single.optional(),
  prompt: single.optional(),
  response_format: z.tuple([z.enum(RESPONSE_FORMATS)]).default(['json']),
  temperature: z.tuple([z.coerce.number().min(0).max(1)]).optional(),
  timestamp_granularities: z.array(z.enum(['word', 'segment'])).default([]),
  stream: z.tuple([z.enum(['true', 'false'])]).default(['false']),
});

/** Throws OpenAiProblem that names the field. Fields that only OpenAI's own models have are left alone, as other servers do. */
export function parseOptions(fields: ReadonlyMap<string, readonly string[]>): SpeechOptions {
  const parsed = form.safeParse(Object.fromEntries(fields));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const param = String(issue?.path[0] ?? 'form');
    throw new OpenAiProblem(400, 'input-invalid', `${param}: ${issue?.message ?? 'not accepted'}.`, { param });
  }
  const { model, language, prompt, response_format, timestamp_granularities, stream } = parsed.data;
  const [format] = response_format;
  if (timestamp_granularities.length > 0 && format !== 'verbose_json') {
    throw new OpenAiProblem(400, 'input-invalid', 'timestamp_granularities needs response_format=verbose_json.', {
      param: 'timestamp_granularities',
    });
  }
  return {
    model: model === undefined || DEFAULT_MODEL_NAMES.has(model) ? undefined : model,
    language: language?.toLowerCase(),
    prompt,
    format,
    granularities: new Set(timestamp_granularities.length > 0 ? timestamp_granularities : ['segment']),
    stream: stream[0] === 'true',
  };
}
