const SPEED_RATIO_MIN = { 'faster-whisper-batched': 2.5, 'whisper-cpp': 4 };
const ERROR_RATIO_MAX = 0.85;
const LABELS = { 'faster-whisper-batched': "faster-whisper's batches", 'whisper-cpp': "whisper.cpp's best build" };

export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median of a measured figure; undefined when the contender was not measured. */
export function figure(heat, key, name) {
  const values = heat.results.find((result) => result.key === key)?.runs.map((run) => run[name]) ?? [];
  return values.length === 0 ? undefined : median(values);
}

export function errorRate(heat, key) {
  const words = figure(heat, key, 'words');
  return words === undefined ? undefined : figure(heat, key, 'wordsWrong') / words;
}

/** How many times faster one is than another. */
export function speedRatio(heat, key, peer) {
  const [seconds, peerSeconds] = [figure(heat, key, 'seconds'), figure(heat, peer, 'seconds')];
  return seconds === undefined || peerSeconds === undefined ? undefined : peerSeconds / seconds;
}

/** The targets for the whole product, upload to transcript with word times, against what the peers did in the same heat. */
export function judgeHeat(heat) {
  const product = 'product';
  const speeds = Object.entries(SPEED_RATIO_MIN).map(([peer, minimum]) => {
    const ratio = speedRatio(heat, product, peer);
    const target = `at least ${minimum}x ${LABELS[peer]}`;
    return {
      target,
      measured: ratio && `${ratio.toFixed(2)}x`,
      verdict: verdictOf(ratio, (value) => value >= minimum),
    };
  });
  return [...speeds, judgeErrors(heat, product), judgeMemory(heat, product)];
}

function judgeErrors(heat, key) {
  const rate = errorRate(heat, key);
  const peers = Object.keys(SPEED_RATIO_MIN).map((peer) => errorRate(heat, peer));
  // With one of the two missing there is no better one.
  const isMeasured = ![rate, ...peers].includes(undefined);
  const best = Math.min(...peers);
  const percent = (share) => `${(share * 100).toFixed(2)} %`;
  return {
    target: 'words wrong at least 15 % below the better of the two',
    measured: isMeasured ? `${percent(rate)} against ${percent(best)}` : undefined,
    verdict: verdictOf(isMeasured ? rate : undefined, (value) => value <= ERROR_RATIO_MAX * best),
  };
}

function judgeMemory(heat, key) {
  const [ratio, residentRatio] = ['proportionalBytesPeak', 'residentBytesPeak'].map((kind) => {
    const [own, peer] = [figure(heat, key, kind), figure(heat, 'faster-whisper-batched', kind)];
    return own === undefined || peer === undefined ? undefined : own / peer;
  });
  return {
    target: "memory below that of faster-whisper's batches",
    measured: ratio && `${(ratio * 100).toFixed(0)} % of it (resident: ${(residentRatio * 100).toFixed(0)} %)`,
    verdict: verdictOf(ratio, (value) => value < 1),
  };
}

function verdictOf(value, isMet) {
  if (value === undefined) return 'not measured';
  return isMet(value) ? 'met' : 'missed';
}
