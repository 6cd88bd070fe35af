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
