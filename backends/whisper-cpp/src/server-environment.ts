/** All that a server gets of an environment. Fewer arenas for the C library: each keeps the largest buffers that it ever gave. */
export const SERVER_ENVIRONMENT: NodeJS.ProcessEnv = { MALLOC_ARENA_MAX: '2' };
