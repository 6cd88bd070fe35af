import { WebSocket } from 'ws';
import type { Platform } from '../platform.js';
import { openPath } from './open-path.js';
import { sendForm } from './send-form.js';

/** Node 20 has no WebSocket of its own. */
export const nodePlatform: Platform = { openPath, sendForm, resumeStore: undefined, webSocket: WebSocket };
