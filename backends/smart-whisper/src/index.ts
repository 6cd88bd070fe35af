export { smartWhisperBackend as default } from './smart-whisper-backend.js';
