import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { BackendError } from '@voice-transcriber/backend-sdk';

/** A whisper.cpp context. */
export interface NativeModel {
  readonly handle: unknown;
  free(): Promise<void>;
}

/** One piece of text as the binding gives it. Its times mean nothing without timestamp tokens. */
export interface NativeSegment {
  readonly text: string;
  readonly lang: string;
  readonly tokens: readonly NativeToken[];
}

export interface NativeToken {
  /** Mangled where a character is split over several tokens: only the segment's text is whole. */
  readonly text: string;
  readonly id: number;
  readonly p: number;
}

interface Binding {
  readonly WhisperModel: { load(file: string, gpu: boolean): Promise<NativeModel> };
  transcribe(
    handle: unknown,
    samples: Float32Array,
    parameters: object,
    onFinish: (result: readonly NativeSegment[] | Error) => void,
    onSegment: () => void,
  ): void;
}

/** What the build wrote beside the binding about itself. */
export interface BuildStamp {
  readonly source: string;
  readonly compiler: string;
  readonly flags: string;
  readonly instructions: readonly string[];
  readonly computeBackend: string;
}

const require = createRequire(import.meta.url);
const BINARY = 'build/Release/smart-whisper.node';
const STAMP = 'build/Release/voice-transcriber-build.json';

/**
 * The native binding itself. The package's own entry is passed by: it makes a folder in the user's home when it is imported, and it hands out a failed
 * transcription as if it were a result. Throws when the binding was never built, or was built for another Node or processor.
 */
function binding(): Binding {
  return require(`smart-whisper/${BINARY}`) as Binding;
}

/** Throws whatever keeps the binding from loading. */
export function checkBindingLoads(): void {
  binding();
}

/** Undefined when the binding was not built by this product's script, so that nothing is known of its instructions. */
export async function readBuildStamp(): Promise<BuildStamp | undefined> {
  const file = path.join(path.dirname(require.resolve('smart-whisper/package.json')), STAMP);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as BuildStamp);
}

export async function loadNativeModel(file: string, gpu: boolean): Promise<NativeModel> {
  return binding().WhisperModel.load(file, gpu);
}

/** Runs whisper.cpp over the samples. Throws BackendError `inference-failed`. */
export async function runNative(
  model: NativeModel,
  samples: Float32Array,
  parameters: object,
): Promise<readonly NativeSegment[]> {
  const result = await new Promise<readonly NativeSegment[] | Error>((resolve) => {
    binding().transcribe(model.handle, samples, parameters, resolve, () => undefined);
  });
  if (result instanceof Error) {
    throw new BackendError('inference-failed', `whisper.cpp failed on this window: ${result.message}`, {
      retry: 'elsewhere',
      cause: result,
    });
  }
  return result;
}
