import './api-key.js';
import './attempt.js';
import './backend.js';
import './benchmark-commands.js';
import './benchmark-comparison.js';
import './benchmark-events.js';
import './benchmark-run.js';
import './chunk.js';
import './console-events.js';
import './create-transcription.js';
import './export.js';
import './media.js';
import './model.js';
import './model-commands.js';
import './model-pull.js';
import './queue.js';
import './resource-sample.js';
import './resumable-upload.js';
import './segment.js';
import './server-limits.js';
import './transcription.js';
import './transcription-commands.js';
import './transcription-events.js';
import './viewer.js';
import './worker.js';
import { builder } from './builder.js';

/** Each imported file adds its type, with its queries and mutations. */
export const schema = builder.toSchema();
