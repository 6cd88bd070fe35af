export { createTestDatabase, type TestDatabase } from './test-database.js';
export { startTestCluster, startEmptyCluster, type TestCluster } from './test-cluster.js';
export { startStack, type Stack, type StackOptions } from './stack.js';
export { createProcessWatch, type ProcessWatch } from './process-watch.js';
export { spawnService, type Service } from './service.js';
export { waitFor, type WaitForOptions } from './wait-for.js';
export { sharedAudio } from './shared-audio.js';
export { REPOSITORY_DIRECTORY } from './repository.js';
export { quietLogger } from './quiet-logger.js';
