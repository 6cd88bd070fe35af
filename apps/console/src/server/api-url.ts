import { connection } from 'next/server';

const API_URL_DEFAULT = 'http://localhost:5001';

/** The API's address for browsers, read when a page is asked for: one build serves any installation. */
export async function readApiUrl(): Promise<string> {
  await connection();
  return process.env['API_PUBLIC_URL'] ?? API_URL_DEFAULT;
}
