import { isIP } from 'node:net';
import { OutboundError } from './outbound-error.js';
import { isPublicAddress } from './public-address.js';

const CHARACTERS_MAX = 2000;

/** Parses an address that a person named. Throws OutboundError `url-invalid`, or `address-refused` for a private IP address. Names are looked up at the request. */
export function checkUrl(text: string, { allowPrivate }: { readonly allowPrivate: boolean }): URL {
  if (text.length > CHARACTERS_MAX || !URL.canParse(text)) {
    throw new OutboundError('url-invalid', 'This is no address. Send one that begins with https:// or http://.');
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new OutboundError('url-invalid', `"${url.protocol}" cannot be used. Send https:// or http://.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new OutboundError('url-invalid', 'Send the address without a user name and a password in it.');
  }
  const host = bareHost(url);
  if (isIP(host) !== 0 && !allowPrivate && !isPublicAddress(host)) throw refusedAddress(host);
  return url;
}

/** Without the brackets of IPv6. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

export function refusedAddress(host: string): OutboundError {
  return new OutboundError(
    'address-refused',
    `${host} is not on the public internet. An administrator can allow private addresses.`,
  );
}
