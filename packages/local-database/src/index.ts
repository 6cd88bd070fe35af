export { lockDirectory, type DirectoryLock } from './directory-lock.js';
export { endWithThisProcess, type EndWithThisProcessOptions } from './end-with-this-process.js';
export { startLocalDatabase, type LocalDatabase, type LocalDatabaseOptions } from './start-local-database.js';
export { LocalDatabaseError, type LocalDatabaseErrorCode } from './errors.js';
export type { LocalDatabaseLogger } from './local-database-logger.js';
export type { ServerExit } from './server-process.js';
export { findFreePort } from './free-port.js';
export { isAlive, processStart } from './processes.js';
