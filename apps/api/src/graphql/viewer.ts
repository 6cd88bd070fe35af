import type { Viewer as ViewerShape } from '../access/viewer.js';
import { ApiKeyScopeEnum } from './api-key.js';
import { builder } from './builder.js';

const Viewer = builder.objectRef<ViewerShape>('Viewer').implement({
  fields: (t) => ({ name: t.exposeString('name'), scope: t.expose('scope', { type: ApiKeyScopeEnum }) }),
});

builder.queryField('viewer', (t) => t.field({ type: Viewer, resolve: (_parent, _args, { viewer }) => viewer }));
