import type { Config } from '@voice-transcriber/config';
import { builder } from './builder.js';
import { PAGE_SIZE_MAX } from './page-size.js';

const ServerLimits = builder.objectRef<Config>('ServerLimits').implement({
  fields: (t) => ({
    defaultModel: t.string({ resolve: ({ inference }) => inference.defaultModel }),
    maxFileBytes: t.field({ type: 'SafeInt', resolve: ({ upload }) => upload.fileBytesMax }),
    pageSizeMax: t.int({ resolve: () => PAGE_SIZE_MAX }),
  }),
});

builder.queryField('limits', (t) =>
  t.field({ type: ServerLimits, resolve: (_parent, _args, { services }) => services.config }),
);
