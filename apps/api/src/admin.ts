import { parseArgs } from 'node:util';
import { loadConfig } from '@voice-transcriber/config';
import { API_KEY_SCOPES, migrate, openDatabase, type ApiKeyScope } from '@voice-transcriber/db';
import { createAccessControl, type AccessControl } from './access/access-control.js';
import { requireDatabaseUrl } from './database-url.js';

/** What an administrator does on the machine itself, without a key. Prints one JSON object. */
const USAGE = `Usage: admin.js create-key NAME ${API_KEY_SCOPES.join('|')}
       admin.js sign-in-link [${API_KEY_SCOPES.join('|')}]`;

const config = loadConfig();
try {
  const databaseUrl = requireDatabaseUrl(config);
  await migrate(databaseUrl);
  const db = openDatabase(databaseUrl, { connectionsMax: 1, applicationName: 'voice-transcriber-admin' });
  try {
    const access = await createAccessControl({ orm: db.orm });
    process.stdout.write(`${JSON.stringify(await run(access))}\n`);
  } finally {
    await db.close();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function run(access: AccessControl): Promise<object> {
  const [command, ...rest] = parseArgs({ allowPositionals: true }).positionals;
  if (command === 'create-key') {
    const [name, scope] = rest;
    if (!name) throw new Error(USAGE);
    const { apiKey, secret } = await access.createApiKey({ name, scope: parseScope(scope) });
    return { id: apiKey.id, name: apiKey.name, scope: apiKey.scope, prefix: apiKey.prefix, secret };
  }
  if (command === 'sign-in-link') {
    const { token, expiresAt } = await access.createSignInLink({ scope: parseScope(rest[0] ?? 'admin') });
    // Behind the hash: it is not sent to any server and stands in no log.
    const url = new URL(`/sign-in#token=${token}`, `http://localhost:${config.console.port}`);
    return { url: url.href, token, expiresAt };
  }
  throw new Error(USAGE);
}

function parseScope(scope: string | undefined): ApiKeyScope {
  const known = API_KEY_SCOPES.find((one) => one === scope);
  if (known === undefined) throw new Error(USAGE);
  return known;
}
