import type { CandidateVerdict as StoredVerdict } from '@voice-transcriber/db';
import { builder } from './builder.js';

export const CandidateVerdict = builder.objectRef<StoredVerdict>('CandidateVerdict').implement({
  fields: (t) => ({
    backend: t.exposeString('backend'),
    chosen: t.exposeBoolean('chosen'),
    device: t.exposeString('device'),
    failure: t.exposeString('failure', { nullable: true }),
    model: t.exposeString('model'),
    reason: t.exposeString('reason'),
  }),
});
