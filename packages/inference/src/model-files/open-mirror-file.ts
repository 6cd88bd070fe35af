import { ModelStoreError } from './model-store-error.js';

const REDIRECTS_MAX = 5;
const REDIRECT_STATUSES = [301, 302, 303, 307, 308];

/**
 * Asks for a file and follows redirects itself: at most five, and none that leaves HTTPS. Only a mirror that is set with http:// (a machine in
 * the same network) may be asked, and may redirect, in the clear. Throws ModelStoreError, or what `fetch` throws.
 */
export async function openMirrorFile(
  address: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const protocols = address.protocol === 'http:' ? ['http:', 'https:'] : ['https:'];
  let url = address;
  for (let hops = 0; hops <= REDIRECTS_MAX; hops += 1) {
    const response = await fetch(url, { headers, redirect: 'manual', signal });
    if (!REDIRECT_STATUSES.includes(response.status)) return response;
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (location === null || !URL.canParse(location, url.href)) {
      throw wrongAnswer(address, `redirects to ${location ?? 'nowhere'}, which is no address`);
    }
    url = new URL(location, url.href);
    if (!protocols.includes(url.protocol)) {
      throw wrongAnswer(address, `redirects to ${url.origin}, which is not protected by HTTPS`);
    }
  }
  throw wrongAnswer(address, `redirects more than ${REDIRECTS_MAX} times`);
}

/** The mirror does not serve what is wanted; asking again is no use. */
export function wrongAnswer(address: URL, how: string): ModelStoreError {
  return new ModelStoreError(
    'mirror-answer-wrong',
    `${address.href} ${how}. Check MODEL_MIRROR, or get the file in another way and import it (vt models import FILE).`,
  );
}
