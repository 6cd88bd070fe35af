export { encodeWave } from './encode-wave.js';
