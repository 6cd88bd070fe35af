import { findAuditEntries, listAuditEntries, type AuditEntryRow } from '@voice-transcriber/db';
import { z } from 'zod';
import { builder } from './builder.js';
import { decodeCursor, makePage } from './cursors.js';
import { Fact } from './fact.js';
import { isRowId } from './global-id.js';
import { pageComplexity, readPageSize } from './page-size.js';

const AuditEntry = builder.objectRef<AuditEntryRow>('AuditEntry');

builder.node(AuditEntry, {
  description: 'One mutation that changed something. Kept for a year.',
  authScopes: { admin: true },
  id: { resolve: ({ id }) => id },
  loadMany: async (ids, { services }) => {
    const rows = await findAuditEntries(services.db.orm, { ids: ids.filter(isRowId) });
    return ids.map((id) => rows.find((row) => row.id === id));
  },
  fields: (t) => ({
    action: t.exposeString('action', { description: "The mutation's name." }),
    actor: t.exposeString('actor', { description: 'Name of the key, or of the session, as it was then.' }),
    at: t.expose('at', { type: 'DateTime' }),
    details: t.field({
      type: [Fact],
      description:
        'What was asked for; inner fields by their path. Files and secrets are left out, long texts are cut.',
      resolve: ({ details }) => flatten(details),
    }),
    requestId: t.exposeString('requestId', { description: 'The lines of the log that belong to it have the same.' }),
    target: t.exposeString('target', { nullable: true, description: 'An id, or a name.' }),
  }),
});

const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()]);
const AuditLogConnection = builder.connectionObject(
  { type: AuditEntry, name: 'AuditLogConnection' },
  { name: 'AuditLogConnectionEdge' },
);

builder.queryField('auditLog', (t) =>
  t.field({
    type: AuditLogConnection,
    description: 'Who changed what, newest first.',
    authScopes: { admin: true },
    args: { after: t.arg.string(), first: t.arg.int() },
    complexity: pageComplexity,
    resolve: async (_parent, args, { services }) => {
      const size = readPageSize(args.first);
      const after = decodeCursor(args.after, cursorSchema);
      const listed = await listAuditEntries(services.db.orm, {
        limit: size + 1,
        after: after && { at: after[0], id: after[1] },
      });
      const places = new Map(listed.map(({ entry, cursor }) => [entry.id, cursor]));
      return makePage(
        listed.map(({ entry }) => entry),
        { size, continued: after !== undefined, cursorOf: ({ id }) => [places.get(id)?.at, id] },
      );
    },
  }),
);

function flatten(value: Readonly<Record<string, unknown>>, prefix = ''): { name: string; value: string }[] {
  return Object.entries(value).flatMap(([name, item]) => {
    const path = `${prefix}${name}`;
    if (Array.isArray(item)) return [{ name: path, value: item.map(inWords).join(', ') }];
    if (typeof item === 'object' && item !== null) return flatten(item as Record<string, unknown>, `${path}.`);
    return [{ name: path, value: inWords(item) }];
  });
}

function inWords(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
