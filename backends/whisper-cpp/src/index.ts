import { parseSettings } from './settings.js';
import { createWhisperCppBackend } from './whisper-cpp-backend.js';

export { createWhisperCppBackend };

/** With the settings of the address that this module was imported by. */
export default createWhisperCppBackend(parseSettings(import.meta.url));
