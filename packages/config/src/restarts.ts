/** Which programs read a variable, once, when they start: a new value counts from their next start on. API and workers read what is not named. */
export const READERS: Readonly<Record<string, string>> = {
  VT_URL: 'nothing: each command reads it',
  VT_API_KEY: 'nothing: each command reads it',

  API_HOST: 'API',
  API_PORT: 'API',
  PUBLIC_API_URL: 'API and console',
  CONSOLE_ORIGINS: 'API',
  CONSOLE_HOST: 'console',
  CONSOLE_PORT: 'console and API',
  MAX_FILE_SIZE: 'API',
  MAX_MODEL_FILE_SIZE: 'API',
  UPLOADS_CONCURRENT_MAX: 'API',
  UPLOAD_STALL_SECONDS: 'API',
  URL_SOURCES: 'API',
  URL_SOURCES_ALLOW_PRIVATE: 'API',

  WORKER_HEALTH_PORT: 'workers',
  AUDIO_CHUNK_SIZE: 'workers',
  AUDIO_OPTIMIZATION: 'workers',
  MAX_CONCURRENT_JOBS: 'workers',
  EVENTS_KEPT_DAYS: 'workers',
  WHISPER_MODEL_CACHE_SIZE: 'workers',
  ENABLE_GPU_ACCELERATION: 'workers',
  GPU_MEMORY_FRACTION: 'workers',
  MEMORY_OPTIMIZATION: 'workers',
  SELF_TEST: 'workers',
  INFERENCE_THREADS: 'workers',
  OMP_NUM_THREADS: 'workers',
  MKL_NUM_THREADS: 'workers',
  INFERENCE_WINDOW_SECONDS_MAX: 'workers',
  WHISPER_SERVER_PATH: 'workers',
  VT_EXTRA_BACKENDS: 'workers',
};

/** What must be started again after a change. */
export function restartOf(name: string): string {
  return READERS[name] ?? 'API and workers';
}
