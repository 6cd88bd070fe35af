import { findAudioTools, type AudioTools } from '@voice-transcriber/audio';
import type { Config } from '@voice-transcriber/config';
import { openDatabase } from '@voice-transcriber/db';
import { createEventBell } from '@voice-transcriber/events';
import { createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { openStorage } from '@voice-transcriber/storage';
import type { Logger } from '@voice-transcriber/telemetry';
import { createAccessControl } from './access/access-control.js';
import type { Services } from './graphql/context.js';
import { createConsoleHub } from './live/console-hub.js';
import { startObservability } from './observability.js';
import { openUploadStore } from './resumable/open-upload-store.js';
import { createResumableUploads } from './resumable/resumable-uploads.js';

const CONNECTIONS_MAX = 10;

export interface OpenServices {
  readonly services: Services;
  /** Closes what was opened, streams first. Idempotent. */
  readonly dispose: () => Promise<void>;
}

/** Opens what all requests share. The schema must be there: migrate first. */
export async function openServices(options: {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly logger: Logger;
}): Promise<OpenServices> {
  const { config, databaseUrl, logger } = options;
  const storage = await openStorage(config.storage);
  const db = openDatabase(databaseUrl, { connectionsMax: CONNECTIONS_MAX, applicationName: 'voice-transcriber-api' });
  const access = await createAccessControl({ orm: db.orm });
  const bell = createEventBell(databaseUrl);
  const modelStore = createModelStore({ directories: [config.inference.modelsDirectory, EMBEDDED_MODELS_DIRECTORY] });
  const { metrics, metricsRegistry, ...observability } = await startObservability({ config, db, logger });
  const consoleHub = createConsoleHub({ db, bell, modelStore, logger, metrics });
  const uploadStore = await openUploadStore({ config, storage, databaseUrl });
  const resumableUploads = createResumableUploads({
    ...uploadStore,
    fileBytesMax: config.upload.fileBytesMax,
    isAllowedOrigin: (origin) => config.api.consoleOrigins.includes(origin),
  });
  const cleanUp = setInterval(() => {
    resumableUploads
      .removeExpired()
      .catch((error: unknown) => logger.warn({ error }, 'Expired uploads could not be removed.'));
  }, config.jobs.cleanupIntervalSeconds * 1000);
  cleanUp.unref();
  const services: Services = {
    config,
    logger,
    db,
    access,
    bell,
    consoleHub,
    storage,
    modelStore,
    findTools: rememberTools(config),
    resumableUploads,
    metrics,
    metricsRegistry,
  };
  return {
    services,
    async dispose() {
      clearInterval(cleanUp);
      await consoleHub.close();
      await bell.close();
      await uploadStore.close();
      await db.close();
      await observability.dispose();
    },
  };
}

/** Looks once; a failed look is repeated, for the administrator may have installed what was missing. */
function rememberTools({ audio }: Config): () => Promise<AudioTools> {
  let found: Promise<AudioTools> | undefined;
  return async () => {
    found ??= findAudioTools({ ffmpegPath: audio.ffmpegPath, ffprobePath: audio.ffprobePath });
    try {
      return await found;
    } catch (error) {
      found = undefined;
      throw error;
    }
  };
}
