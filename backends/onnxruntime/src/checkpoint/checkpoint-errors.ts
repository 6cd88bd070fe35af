import { BackendError } from '@voice-transcriber/backend-sdk';

/** The file is damaged: no backend can run it, so trying elsewhere is no use. */
export function modelCorrupt(path: string, problem: string): BackendError {
  return new BackendError('model-corrupt', `The checkpoint is damaged: ${problem}. Download it again.`, {
    retry: 'never',
    details: { path, problem },
  });
}

/** The file is sound but not for this engine; another backend may know it. */
export function modelUnsupported(path: string, problem: string): BackendError {
  return new BackendError(
    'model-unsupported',
    `This engine cannot run the checkpoint: ${problem}. Use another backend or an official Whisper checkpoint.`,
    { retry: 'elsewhere', details: { path, problem } },
  );
}

/** The file cannot be opened. */
export function modelMissing(path: string, cause: unknown): BackendError {
  return new BackendError('model-missing', 'The checkpoint cannot be opened. Install the model again.', {
    retry: 'never',
    details: { path },
    cause,
  });
}
