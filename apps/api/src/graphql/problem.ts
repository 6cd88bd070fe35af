import type { StoredError } from '@voice-transcriber/db';
import { builder } from './builder.js';

export const Problem = builder.objectRef<Pick<StoredError, 'code' | 'message'>>('Problem').implement({
  fields: (t) => ({ code: t.exposeString('code'), message: t.exposeString('message') }),
});
