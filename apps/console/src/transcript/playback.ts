/** The recording as it is heard. One element plays; whoever shows its place reads it here, without React rendering on every frame. */
export interface Playback {
  readonly attach: (element: HTMLAudioElement | null) => void;
  /** Calls on every frame while it plays, and on each seek, start and stop. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly element: () => HTMLAudioElement | undefined;
  readonly seconds: () => number;
  readonly isPlaying: () => boolean;
  /** Goes there; plays on if it played, begins to play if asked to. */
  readonly seek: (seconds: number, options?: { readonly play?: boolean }) => void;
  readonly toggle: () => void;
}

/** So that a jump to a word's start is never short of it by rounding. */
const ROUNDING_SECONDS = 0.02;
const STATE_EVENTS = ['play', 'pause', 'seeking', 'seeked', 'timeupdate', 'ended', 'loadedmetadata'] as const;

export function createPlayback(onRefused: () => void): Playback {
  const listeners = new Set<() => void>();
  let element: HTMLAudioElement | undefined;
  let frame: number | undefined;

  const emit = () => {
    for (const listener of listeners) listener();
  };
  const onFrame = () => {
    emit();
    frame = isPlaying() ? requestAnimationFrame(onFrame) : undefined;
  };
  const onState = () => {
    emit();
    if (frame === undefined && isPlaying()) frame = requestAnimationFrame(onFrame);
  };
  const isPlaying = (): boolean => element !== undefined && !element.paused && !element.ended;
  const play = () => {
    element?.play().catch((error: unknown) => {
      // Pausing or seeking again before it has begun is no failure.
      if (!(error instanceof DOMException && error.name === 'AbortError')) onRefused();
    });
  };

  return {
    attach: (next) => {
      for (const name of STATE_EVENTS) element?.removeEventListener(name, onState);
      if (frame !== undefined) cancelAnimationFrame(frame);
      frame = undefined;
      element = next ?? undefined;
      for (const name of STATE_EVENTS) element?.addEventListener(name, onState);
      emit();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    element: () => element,
    seconds: () => (element === undefined ? 0 : element.currentTime + ROUNDING_SECONDS),
    isPlaying,
    seek: (seconds, { play: begin = false } = {}) => {
      if (element === undefined) return;
      element.currentTime = Math.max(0, seconds);
      if (begin && !isPlaying()) play();
      emit();
    },
    toggle: () => {
      if (isPlaying()) element?.pause();
      else play();
    },
  };
}
