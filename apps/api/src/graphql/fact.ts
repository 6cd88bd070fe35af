import { builder } from './builder.js';

export const Fact = builder.objectRef<{ readonly name: string; readonly value: string }>('Fact').implement({
  fields: (t) => ({ name: t.exposeString('name'), value: t.exposeString('value') }),
});
