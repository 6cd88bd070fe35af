import type { ModelStore } from '@voice-transcriber/inference';
import { WHISPER_LANGUAGES } from './languages.js';

const PROMPT_CHARACTERS_MAX = 1000;
const IDEMPOTENCY_KEY_CHARACTERS_MAX = 200;

export interface OptionRefusal {
  readonly field: string;
  /** Says what is accepted. */
  readonly message: string;
}

export interface RequestedOptions {
  readonly model: string | undefined;
  readonly language: string | undefined;
  readonly task: 'transcribe' | 'translate';
  readonly prompt: string | undefined;
  readonly idempotencyKey: string | undefined;
}

/** The first thing wrong with what was asked for, before a byte of the file is stored; undefined when all is well. */
export async function checkOptions(
  options: RequestedOptions,
  { modelStore, defaultModel }: { readonly modelStore: ModelStore; readonly defaultModel: string },
): Promise<OptionRefusal | undefined> {
  const { language, prompt, idempotencyKey } = options;
  if (language !== undefined && !WHISPER_LANGUAGES.has(language)) {
    return {
      field: 'language',
      message: `"${language}" is not a language that Whisper knows. Send an ISO 639-1 code such as "en" or "de", or none to detect it.`,
    };
  }
  if (prompt !== undefined && prompt.length > PROMPT_CHARACTERS_MAX) {
    return { field: 'prompt', message: `The prompt has more than ${PROMPT_CHARACTERS_MAX} characters. Shorten it.` };
  }
  if (
    idempotencyKey !== undefined &&
    (idempotencyKey === '' || idempotencyKey.length > IDEMPOTENCY_KEY_CHARACTERS_MAX)
  ) {
    return { field: 'idempotencyKey', message: `Send 1 to ${IDEMPOTENCY_KEY_CHARACTERS_MAX} characters, or none.` };
  }
  return checkModel(modelStore, options.model ?? defaultModel, options);
}

/** Whether the model is installed and can do what is asked of it. */
export async function checkModel(
  modelStore: ModelStore,
  name: string,
  asked: Pick<RequestedOptions, 'language' | 'task'> = { language: undefined, task: 'transcribe' },
): Promise<OptionRefusal | undefined> {
  const model = await modelStore.find(name);
  if (model === undefined) {
    const installed = (await modelStore.list()).map(({ manifest }) => manifest.name).join(', ');
    return {
      field: 'model',
      message: `The model "${name}" is not installed. Installed: ${installed === '' ? 'none' : installed}.`,
    };
  }
  const { languages } = model.manifest;
  if (languages.includes('*')) return undefined;
  if (asked.language !== undefined && !languages.includes(asked.language)) {
    return {
      field: 'language',
      message: `The model "${name}" knows ${languages.join(', ')} only. Choose a multilingual one for "${asked.language}".`,
    };
  }
  if (asked.task === 'translate') {
    return { field: 'task', message: `The model "${name}" cannot translate. Choose a multilingual one.` };
  }
  return undefined;
}
