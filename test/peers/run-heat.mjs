import { wordErrorRate } from '@voice-transcriber/benchmark';
import { fileURLToPath } from 'node:url';
import { startDriver } from './driver-process.mjs';

const WARM_UP_FILE = fileURLToPath(new URL('../fixtures/audio/jfk.flac', import.meta.url));
const WARM_UP_SECONDS_MAX = 120;
const QUIET_SECONDS_MAX = 60;
/** Nobody may be slower than real time by more than this. */
const SECONDS_MAX_PER_AUDIO_SECOND = 2;

/**
 * One model on one recording: all contenders are loaded, then take turns (A B C A B C …), each warmed up by a short clip right before its turn, so that no
 * machine's mood and no idle time favours anybody. A contender that is missing or fails is reported with the reason.
 */
export async function runHeat({ contenders, checkpoint, recording, repetitions, log }) {
  const entrants = [];
  const results = [];
  try {
    for (const contender of contenders) {
      const result = { key: contender.key, label: contender.label, runs: [] };
      results.push(result);
      const reason = contender.missing(checkpoint);
      if (reason) {
        result.missing = reason;
        continue;
      }
      await attempt(result, log, async () => {
        const driver = await startDriver(contender);
        entrants.push({ contender, result, driver });
        result.version = driver.version;
        const { seconds } = await driver.load(await contender.model(checkpoint));
        result.loadSeconds = seconds;
        await driver.waitUntilQuiet(QUIET_SECONDS_MAX);
      });
    }
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      for (const { contender, result, driver } of entrants) {
        if (result.failed !== undefined || (!contender.isCompared && repetition > 0)) continue;
        await attempt(result, log, () => takeTurn({ result, driver, recording, log }));
      }
    }
  } finally {
    await Promise.all(entrants.map(({ driver }) => driver.stop()));
  }
  return results;
}

async function attempt(result, log, action) {
  try {
    await action();
  } catch (error) {
    result.failed = error instanceof Error ? error.message : String(error);
    log(`  ${result.label}: ${result.failed}`);
  }
}

async function takeTurn({ result, driver, recording, log }) {
  const { file, language, reference, audioSeconds } = recording;
  await driver.transcribe({ file: WARM_UP_FILE, language, secondsMax: WARM_UP_SECONDS_MAX });
  const secondsMax = WARM_UP_SECONDS_MAX + audioSeconds * SECONDS_MAX_PER_AUDIO_SECOND;
  const { text, loadSeconds, backend, ...measured } = await driver.transcribe({ file, language, secondsMax });
  const { errors: wordsWrong, words } = wordErrorRate(reference, text, { language });
  result.runs.push({ ...measured, wordsWrong, words });
  result.loadSeconds ??= loadSeconds;
  // For a look at what was heard differently; it goes into the JSON file only.
  result.text = text;
  if (backend !== undefined) result.backend = backend;
  const speed = audioSeconds / measured.seconds;
  log(
    `  ${result.label}: ${measured.seconds.toFixed(1)} s, ${speed.toFixed(1)}x, ${wordsWrong} of ${words} words wrong`,
  );
}
