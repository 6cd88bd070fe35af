import { browserPlatform } from './browser/browser-platform.js';
import { type Client, type ClientSettings, createClientOn } from './client.js';

export * from './exports.js';

/** A client for pages: uploads are remembered in localStorage. */
export function createClient(settings: ClientSettings): Client {
  return createClientOn(browserPlatform, settings);
}
