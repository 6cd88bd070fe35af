import { parseSettings } from './settings.js';
import { createWhisperCppBackend } from './whisper-cpp-backend.js';

export default createWhisperCppBackend(parseSettings(import.meta.url));
