export { childEnvironment } from './child-environment.js';
export { loadConfig, parseConfig, type Config } from './config.js';
export type { Environment } from './read-variables.js';
export { findOnPath } from './find-on-path.js';
export { ConfigError, type ConfigProblem } from './config-error.js';
export { LOG_LEVELS, type LogLevel } from './formats.js';
export { CONFIG_VARIABLES, type ConfigVariable } from './variables.js';
