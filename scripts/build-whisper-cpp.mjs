/**
 * `npm run build:whisper-cpp`: compiles whisper.cpp's own server and command line from the source in the package nodejs-whisper.
 *
 * The result lies under node_modules/.cache, which installing again does not touch, one folder for each combination of source, compiler, processor and
 * options; the link `current` beside them names the one in use. Options after `--`:
 *   --portable   for images: every level of processor as a library that is chosen at run time, instead of this processor alone.
 */
import { realpathSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { NativeBuildError } from './native/toolchain.mjs';
import { ensureWhisperCpp } from './native/whisper-cpp.mjs';

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    const { values } = parseArgs({ options: { portable: { type: 'boolean', default: false } } });
    const { directory, seconds } = await ensureWhisperCpp({ portable: values.portable, log: console.log });
    console.log(
      seconds === undefined ? `whisper.cpp is built: ${directory}` : `Built in ${Math.round(seconds)} s: ${directory}`,
    );
  } catch (error) {
    console.error(error instanceof NativeBuildError ? error.message : error);
    process.exitCode = 1;
  }
}
