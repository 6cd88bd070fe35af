import type { InstalledModel } from '@voice-transcriber/inference';

/** A model as OpenAI's API lists it. `created` is unknown for a checkpoint: the format wants a number. */
export function describeModel({ manifest }: InstalledModel): object {
  return { id: manifest.name, object: 'model', created: 0, owned_by: manifest.origin };
}
