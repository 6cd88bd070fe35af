const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The API's address as this page must call it, without a trailing slash.
 *
 * The session cookie belongs to one host name. A console opened as 127.0.0.1 while the address says localhost (or the other way round, or by the name of
 * the machine in the network) would never send it, so a loopback name in the address gives way to the name in the address bar.
 */
export function resolveApiUrl(configuredUrl: string, pageHostname: string | undefined): string {
  const url = new URL(configuredUrl);
  if (pageHostname !== undefined && pageHostname !== '' && LOOPBACK_NAMES.has(url.hostname)) {
    url.hostname = pageHostname;
  }
  return url.toString().replace(/\/+$/, '');
}
