import { documents } from './documents.js';
import { type CallOptions, type Connection, requestGraphql } from './graphql-request.js';

/** What a server says of itself. */
export interface ServerHealth {
  system: {
    /** How late the API comes to a timer. */
    eventLoopDelayMsP99: number;
    findings: {
      code: string;
      subject: string | null;
      level: 'OK' | 'WARNING' | 'PROBLEM';
      message: string;
      fix: string | null;
    }[];
  };
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
  const { system, transcriptions } = await requestGraphql<{
    system: ServerHealth['system'];
    transcriptions: { nodes: ServerHealth['latest'] };
  }>(connection, documents.health, {}, { signal });
  return { system, latest: transcriptions.nodes };
}

export async function fetchViewer(connection: Connection, { signal }: CallOptions = {}): Promise<Viewer> {
  const { viewer, limits } = await requestGraphql<{
    viewer: Pick<Viewer, 'name' | 'scope'>;
    limits: Pick<Viewer, 'maxFileBytes' | 'defaultModel'>;
  }>(connection, documents.viewer, {}, { signal });
  return { ...viewer, ...limits };
}
