import { startTestCluster } from '@voice-transcriber/testkit';
import type { TestProject } from 'vitest/node';

/** One PostgreSQL for the whole run: every test database is copied from its migrated template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startTestCluster();
  project.provide('testClusterUrl', cluster.url);
  return async () => {
    await cluster.stop();
  };
}
