import { type Client, type ClientSettings, createClientOn } from './client.js';
import { nodePlatform } from './node/node-platform.js';

export * from './exports.js';
export { createFileResumeStore } from './node/file-resume-store.js';

/** A client for Node: takes paths too. */
export function createClient(settings: ClientSettings): Client {
  return createClientOn(nodePlatform, settings);
}
