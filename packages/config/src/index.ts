export { parseConfig, loadConfig, type Config } from './config.js';
export { CONFIG_VARIABLES, type ConfigVariable } from './variables.js';
