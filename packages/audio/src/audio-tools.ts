import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AudioError } from './audio-error.js';

const run = promisify(execFile);
const VERSION_SECONDS_MAX = 20;

export interface AudioTools {
  /** A path, or a bare name that is looked up in PATH. */
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  /** First line of `ffmpeg -version`, for people. */
  readonly version: string;
  /** Where ffmpeg was found. */
  readonly source: 'configured' | 'path' | 'packaged';
}

export interface AudioToolsOptions {
  readonly ffmpegPath?: string | undefined;
  readonly ffprobePath?: string | undefined;
}

interface FoundTool {
  readonly path: string;
  readonly version: string;
  readonly source: AudioTools['source'];
}

/** Finds ffmpeg and ffprobe that really run: the configured ones, else those in PATH, else the packaged ones. Throws `tools-missing` with the fix. */
export async function findAudioTools({ ffmpegPath, ffprobePath }: AudioToolsOptions = {}): Promise<AudioTools> {
  const ffmpeg = await findTool('ffmpeg', ffmpegPath, packagedFfmpegPath);
  const ffprobe = await findTool('ffprobe', ffprobePath, packagedFfprobePath);
  return { ffmpegPath: ffmpeg.path, ffprobePath: ffprobe.path, version: ffmpeg.version, source: ffmpeg.source };
}

async function findTool(
  name: string,
  configuredPath: string | undefined,
  packagedPath: () => Promise<string | undefined>,
): Promise<FoundTool> {
  if (configuredPath !== undefined) {
    const version = await findVersion(configuredPath);
    if (version !== undefined) return { path: configuredPath, version, source: 'configured' };
    const variable = `${name.toUpperCase()}_PATH`;
    throw new AudioError(
      'tools-missing',
      `${variable} is set to "${configuredPath}", which does not run. Correct it, or unset it to use ${name} from PATH or the packaged one.`,
      { details: { name, path: configuredPath } },
    );
  }
  const versionInPath = await findVersion(name);
  if (versionInPath !== undefined) return { path: name, version: versionInPath, source: 'path' };
  const path = await packagedPath();
  if (path !== undefined) {
    // npm leaves some packaged programs without the right to be run; where that may not be changed, the run below fails and says so.
    await chmod(path, 0o755).catch(() => undefined);
    const version = await findVersion(path);
    if (version !== undefined) return { path, version, source: 'packaged' };
  }
  throw new AudioError(
    'tools-missing',
    `No ${name} runs on this machine. Install ffmpeg (Debian: "apt-get install ffmpeg"), or set FFMPEG_PATH and FFPROBE_PATH.` +
      (path === undefined ? '' : ` The packaged one at ${path} does not run; "chmod +x" on it may help.`),
    { details: { name, ...(path === undefined ? {} : { path }) } },
  );
}

async function findVersion(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['-hide_banner', '-version'], { timeout: VERSION_SECONDS_MAX * 1000 });
    return stdout.split('\n')[0]?.trim();
  } catch {
    return undefined;
  }
}

/** Both packages throw on import where they have no program for the platform. */
async function packagedFfmpegPath(): Promise<string | undefined> {
  try {
    return (await import('@ffmpeg-installer/ffmpeg')).default.path;
  } catch {
    return undefined;
  }
}

async function packagedFfprobePath(): Promise<string | undefined> {
  try {
    return (await import('@ffprobe-installer/ffprobe')).default.path;
  } catch {
    return undefined;
  }
}
