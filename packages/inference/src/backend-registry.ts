import type { Backend, ProbeReport } from '@voice-transcriber/backend-sdk';
import type { BackendFacts } from './choose-candidate.js';
import type { HostLogger } from './host-logger.js';
import { probeBackend } from './probe-backend.js';

/** A backend that was unavailable is looked at again after this: its fix may have been carried out. */
const RETRY_MILLISECONDS = 60_000;

export interface BackendSource {
  readonly name: string;
  readonly moduleUrl: string;
}

interface Looked {
  readonly at: number;
  readonly facts: BackendFacts;
}

/** Knows what each backend can do here. Probing happens in child processes; only `fit`, which is pure, runs in this one. */
export class BackendRegistry {
  readonly #sources: readonly BackendSource[];
  readonly #logger: HostLogger;
  readonly #looked = new Map<string, Promise<Looked>>();

  constructor(sources: readonly BackendSource[], logger: HostLogger) {
    this.#sources = sources;
    this.#logger = logger;
  }

  /** In the order in which the backends were given. */
  async facts(): Promise<BackendFacts[]> {
    return Promise.all(this.#sources.map((source) => this.#factsOf(source)));
  }

  async find(name: string): Promise<(BackendFacts & { readonly moduleUrl: string }) | undefined> {
    const source = this.#sources.find((candidate) => candidate.name === name);
    return source && { ...(await this.#factsOf(source)), moduleUrl: source.moduleUrl };
  }

  async #factsOf(source: BackendSource): Promise<BackendFacts> {
    const looked = await this.#looked.get(source.name);
    const isStale = looked?.facts.report.status === 'unavailable' && performance.now() - looked.at > RETRY_MILLISECONDS;
    if (looked !== undefined && !isStale) return looked.facts;
    const looking = this.#look(source);
    this.#looked.set(source.name, looking);
    return (await looking).facts;
  }

  async #look({ name, moduleUrl }: BackendSource): Promise<Looked> {
    let report = await probeBackend(moduleUrl, this.#logger);
    let fit: BackendFacts['fit'] = () => ({ fits: false, reason: 'The backend is not available.' });
    if (report.status === 'available') {
      try {
        const { default: backend } = (await import(moduleUrl)) as { default: Backend };
        fit = (model, device) => backend.fit(model, device);
      } catch (error) {
        report = notImportable(error);
      }
    }
    if (report.status === 'unavailable') this.#logger.warn({ backend: name, ...report }, 'backend unavailable');
    return { at: performance.now(), facts: { name, report, fit } };
  }
}

function notImportable(error: unknown): ProbeReport {
  return {
    status: 'unavailable',
    reason: `Its module cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
    fix: 'Run "npm install" and "npm run build" again.',
  };
}
