import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AudioError, findAudioTools, prepareAudio, type AudioTools } from '@voice-transcriber/audio';
import type { Config } from '@voice-transcriber/config';
import { EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { type Finding, ok, problem, warning } from './finding.js';

const CLIP = join(EMBEDDED_MODELS_DIRECTORY, 'self-test-16k.wav');
const VAD_MODEL = join(EMBEDDED_MODELS_DIRECTORY, 'silero-vad-16k-sequence-6.2.3.onnx');
/** Audio seconds per second below which decoding and listening for speech, and not the model, sets the pace. */
const PREPARATION_SPEED_MIN = 5;
const PREPARATION_SECONDS_MAX = 60;

/** ffmpeg and ffprobe, by running them. `findTools` may remember what it found. */
export async function checkTools(findTools: () => Promise<AudioTools>): Promise<Finding> {
  try {
    const { version, source } = await findTools();
    const origin = { configured: 'configured', path: 'from PATH', packaged: 'packaged' }[source];
    return ok('ffmpeg', `${version.replace(/ Copyright.*/, '')} (${origin})`);
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    return problem('ffmpeg', 'ffmpeg or ffprobe does not run', error.message);
  }
}

/** Lets the bundled clip go the way of every recording before its transcription: ffmpeg, voice activity, plan. */
export async function measurePreparation({ audio }: Config): Promise<Finding> {
  const directory = await mkdtemp(join(tmpdir(), 'vt-doctor-'));
  try {
    const tools = await findAudioTools(audio);
    const startedAt = performance.now();
    const prepared = await prepareAudio({
      inputPath: CLIP,
      container: 'wav',
      outputPath: join(directory, 'work.pcm'),
      tools,
      chunkSeconds: audio.chunkSeconds,
      voiceActivity: true,
      vadModelPath: VAD_MODEL,
      limits: { wallSecondsMax: PREPARATION_SECONDS_MAX },
    });
    return judgePreparation(prepared, (performance.now() - startedAt) / 1000);
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    return problem('preparation', 'the bundled clip could not be prepared', error.message);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export function judgePreparation(
  { audioSeconds, speechSeconds }: { readonly audioSeconds: number; readonly speechSeconds: number },
  seconds: number,
): Finding {
  const figures = `${audioSeconds.toFixed(0)} s of audio decoded and searched for speech in ${seconds.toFixed(2)} s, ${speechSeconds.toFixed(0)} s of it speech`;
  if (speechSeconds === 0) {
    return problem(
      'preparation',
      figures,
      'Somebody speaks in that clip: run "npm install" and "npm run build" again.',
    );
  }
  if (audioSeconds / seconds >= PREPARATION_SPEED_MIN) return ok('preparation', figures);
  const fix = 'Stop what else uses the processor; check ffmpeg (FFMPEG_PATH), which may be emulated or throttled here.';
  return warning('preparation', figures, fix);
}

export function checkAudioOptimization({ audio }: Config): Finding {
  if (audio.optimization) return ok('audio-optimization', 'only speech goes to the model (AUDIO_OPTIMIZATION=True)');
  return warning(
    'audio-optimization',
    'AUDIO_OPTIMIZATION=False: silence goes to the model too',
    'Set AUDIO_OPTIMIZATION=True: silence costs as much as speech, and models invent text in it.',
  );
}
