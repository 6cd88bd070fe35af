import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { settings } from '../schema/index.js';

const KEY = 'hmac-secret';

/**
 * The secret under which keys, sessions and links are hashed: 32 bytes, made once and shared by every process through the settings table.
 * Several first starters agree, for the row of the first insert wins.
 */
export async function getSharedSecret(db: Queryable): Promise<Buffer> {
  await db
    .insert(settings)
    .values({ key: KEY, value: { hex: randomBytes(32).toString('hex') } })
    .onConflictDoNothing();
  const [row] = await db.select({ value: settings.value }).from(settings).where(eq(settings.key, KEY));
  const hex = row?.value['hex'];
  if (typeof hex !== 'string' || !/^[0-9a-f]{64}$/.test(hex)) {
    throw new Error(`The setting ${KEY} is damaged. Delete its row: all API keys and sessions must then be made anew.`);
  }
  return Buffer.from(hex, 'hex');
}
