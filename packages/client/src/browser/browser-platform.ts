import { canStoreURLs, defaultOptions } from 'tus-js-client';
import { ClientError } from '../errors.js';
import type { Platform } from '../platform.js';
import { sendForm } from './send-form.js';

export const browserPlatform: Platform = {
  async openPath() {
    throw new ClientError('file-unreadable', 'A page cannot open paths: give a File or a Blob.');
  },
  sendForm,
  // Workers and pages in a sandbox have no localStorage.
  resumeStore: canStoreURLs ? defaultOptions.urlStorage : undefined,
  webSocket: globalThis.WebSocket,
};
