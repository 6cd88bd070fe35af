/* global window, PerformanceObserver, requestAnimationFrame, requestIdleCallback -- functions of this file run in the page */

/** Below this the browser reports nothing: the answer came with the next frame. */
export const REPORTED_MILLISECONDS_MIN = 16;

/** Runs in the page before anything else: keeps what the browser says about each interaction, and the longest time without a frame. */
export function observeInteractions() {
  const seen = { entries: [], frameMilliseconds: 0 };
  window.interactionsSeen = seen;
  new PerformanceObserver((list) => {
    for (const { interactionId, duration, name } of list.getEntries())
      if (interactionId > 0) seen.entries.push({ duration, name });
  }).observe({ type: 'event', durationThreshold: 16, buffered: true });
  let last = performance.now();
  const onFrame = (now) => {
    seen.frameMilliseconds = Math.max(seen.frameMilliseconds, now - last);
    last = now;
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
}

const clear = (page) =>
  page.evaluate(() => {
    window.interactionsSeen.entries = [];
    window.interactionsSeen.frameMilliseconds = 0;
  });

/** The browser reports an interaction after the paint that answers it. */
const read = (page) =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 4; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 300 }));
    const { entries, frameMilliseconds } = window.interactionsSeen;
    return { longest: Math.max(0, ...entries.map(({ duration }) => duration)), frameMilliseconds };
  });

/**
 * How long the page took to answer, in milliseconds: from the event to the paint behind it, by the browser's own event timing, the longest of all
 * events of the action. Scrolling is no such event: there it is the longest time without a frame.
 */
export async function measureInteraction(page, { act, scrolls = false }) {
  await clear(page);
  await act(page);
  const { longest, frameMilliseconds } = await read(page);
  return scrolls ? frameMilliseconds : longest;
}
