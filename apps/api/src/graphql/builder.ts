import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import type { FileUpload } from 'graphql-upload-ts';
import { hasScope } from '../access/viewer.js';
import type { GraphqlContext } from './context.js';
import { decodeGlobalId, encodeGlobalId } from './global-id.js';
import { PAGE_SIZE_MAX } from './page-size.js';
import { requestError } from './request-error.js';
import { DateTimeScalar, SafeIntScalar, UploadScalar } from './scalars.js';

export interface SchemaTypes {
  Context: GraphqlContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  AuthScopes: { read: boolean; write: boolean; admin: boolean };
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    SafeInt: { Input: number; Output: number };
    Upload: { Input: Promise<FileUpload>; Output: never };
  };
}

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ScopeAuthPlugin, RelayPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: ({ viewer }) => ({
      read: hasScope(viewer, 'read'),
      write: hasScope(viewer, 'write'),
      admin: hasScope(viewer, 'admin'),
    }),
    unauthorizedError: (_parent, { viewer }) =>
      requestError(
        'forbidden',
        `A key with the scope "${viewer.scope}" may not do this. Ask an administrator for one.`,
      ),
  },
  relay: {
    cursorType: 'String',
    nodesOnConnection: { complexity: { field: 1, multiplier: 1 } },
    edgesFieldOptions: { nullable: { list: false, items: false }, complexity: { field: 1, multiplier: 1 } },
    nodeFieldOptions: { nullable: false },
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
    decodeGlobalID: (globalId) => {
      const decoded = decodeGlobalId(globalId);
      if (decoded === undefined) throw requestError('input-invalid', `"${globalId}" is not an id of this server.`);
      return decoded;
    },
    nodesQueryOptions: {
      complexity: ({ ids }) => ({ field: 1, multiplier: ids.length }),
      resolve: (_parent, { ids }, _context, _info, resolveNodes) => {
        if (ids.length > PAGE_SIZE_MAX) {
          throw requestError('limit-exceeded', `Ask for at most ${PAGE_SIZE_MAX} nodes at once.`);
        }
        return resolveNodes(ids);
      },
    },
  },
  // Checked before execution, for queries and subscriptions alike: see query-limits.
  complexity: { defaultComplexity: 1, defaultListMultiplier: 5, disabled: true },
});

builder.addScalarType('DateTime', DateTimeScalar);
builder.addScalarType('SafeInt', SafeIntScalar);
builder.addScalarType('Upload', UploadScalar);

builder.queryType({ authScopes: { read: true } });
builder.mutationType({});
builder.subscriptionType({ authScopes: { read: true } });
