import type { StoredWord } from '@voice-transcriber/db';
import { builder } from './builder.js';

export const Word = builder.objectRef<StoredWord>('Word').implement({
  fields: (t) => ({
    text: t.string({ resolve: ([text]) => text }),
    startSeconds: t.float({ resolve: ([, startSeconds]) => startSeconds }),
    endSeconds: t.float({ resolve: ([, , endSeconds]) => endSeconds }),
    confidence: t.float({ resolve: ([, , , confidence]) => confidence }),
  }),
});
