import { BackendError, MODEL_SIZES, type ModelManifest, type ModelSize } from '@voice-transcriber/backend-sdk';

/** Reads a model directory's `manifest.json`: `{ "models": [{ …ModelManifest, "file": NAME }] }`. Throws BackendError `model-corrupt` that names the entry. */
export function parseModelDirectory(text: string): readonly (ModelManifest & { readonly file: string })[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw malformed('it is no JSON', cause);
  }
  const models = (content as { models?: unknown } | null)?.models;
  if (!Array.isArray(models)) throw malformed('it has no list "models"');
  return models.map((entry, position) => parseEntry(entry as Record<string, unknown>, position));
}

function parseEntry(entry: Record<string, unknown>, position: number): ModelManifest & { readonly file: string } {
  const text = (field: string): string => {
    const value = entry[field];
    if (typeof value !== 'string' || value === '') throw malformed(`entry ${position} has no "${field}"`);
    return value;
  };
  const { size, languages, fileBytes } = entry;
  if (!MODEL_SIZES.includes(size as ModelSize)) throw malformed(`entry ${position} has an unknown "size"`);
  if (!Array.isArray(languages) || !languages.every((language) => typeof language === 'string')) {
    throw malformed(`entry ${position} has no list "languages"`);
  }
  if (typeof fileBytes !== 'number') throw malformed(`entry ${position} has no "fileBytes"`);
  const file = text('file');
  if (/[\\/]/.test(file)) throw malformed(`entry ${position} names a file outside its directory`);
  return {
    name: text('name'),
    file,
    size: size as ModelSize,
    format: 'ggml',
    quantization: text('quantization'),
    languages,
    fileBytes,
    sha256: text('sha256').toLowerCase(),
    licence: text('licence'),
    origin: text('origin'),
  };
}

function malformed(what: string, cause?: unknown): BackendError {
  return new BackendError('model-corrupt', `A manifest.json of a models directory is wrong: ${what}. Correct it.`, {
    retry: 'elsewhere',
    cause,
  });
}
