import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_VARIABLES } from '@voice-transcriber/config';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';
import { parseAllDocuments } from 'yaml';

export function readDeployFile(path: string): string {
  return readFileSync(join(REPOSITORY_DIRECTORY, path), 'utf8');
}

/** The documents of a YAML file, anchors and merges resolved. Throws on any mistake in it. */
export function parseYaml(path: string): Record<string, unknown>[] {
  return parseAllDocuments(readDeployFile(path), { merge: true, version: '1.1' }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors.map(String).join('\n')}`);
    return document.toJS() as Record<string, unknown>;
  });
}

/** What programs beside ours are told by their environment. */
const FOREIGN = [
  /^POSTGRES_/,
  /^NVIDIA_/,
  /^(?:HOME|HOSTNAME|PORT|NODE_ENV|NEXT_TELEMETRY_DISABLED|TURBO_TELEMETRY_DISABLED|DO_NOT_TRACK)$/,
  /^(?:MKL_NUM_THREADS|OPENBLAS_NUM_THREADS)$/,
  /^(?:LISTEN|RESOLVER|API_SERVERS|CONSOLE_SERVER)$/,
  /^(?:API_PUBLIC_URL|VT_CONSOLE_STANDALONE)$/,
];

/** Names that nothing reads: a typing error, or a variable that is gone. */
export function unknownVariables(names: readonly string[]): string[] {
  const known = new Set(CONFIG_VARIABLES.map(({ name }) => name));
  return names.filter((name) => !known.has(name) && !FOREIGN.some((pattern) => pattern.test(name)));
}
