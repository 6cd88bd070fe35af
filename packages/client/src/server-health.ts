import { documents } from './documents.js';
import { type CallOptions, type Connection, requestGraphql } from './graphql-request.js';

export interface ServerHealth {
  workers: {
    state: 'RUNNING' | 'DRAINING' | 'LOST' | 'STOPPED';
    threadsPerInference: number;
    slots: number;
    slotsBusy: number;
  }[];
  queue: { waiting: number; running: number; paused: boolean };
  /** Completed transcriptions, newest first. */
  latest: {
    model: string | null;
    backend: string | null;
    device: string | null;
    audioSeconds: number | null;
    inferenceSeconds: number;
  }[];
}

export interface Viewer {
  name: string;
  scope: string;
  maxFileBytes: number;
  defaultModel: string;
}

export async function fetchHealth(connection: Connection, { signal }: CallOptions = {}): Promise<ServerHealth> {
  const { workers, queue, transcriptions } = await requestGraphql<{
    workers: ServerHealth['workers'];
    queue: ServerHealth['queue'];
    transcriptions: { nodes: ServerHealth['latest'] };
  }>(connection, documents.health, {}, { signal });
  return { workers, queue, latest: transcriptions.nodes };
}

export async function fetchViewer(connection: Connection, { signal }: CallOptions = {}): Promise<Viewer> {
  const { viewer, limits } = await requestGraphql<{
    viewer: Pick<Viewer, 'name' | 'scope'>;
    limits: Pick<Viewer, 'maxFileBytes' | 'defaultModel'>;
  }>(connection, documents.viewer, {}, { signal });
  return { ...viewer, ...limits };
}
