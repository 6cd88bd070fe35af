/**
 * All that a server gets of an environment. Its threads sleep while they wait for each other: left alone they spin, and on a machine that has other work
 * they burn twice the time and take twice as long. Fewer arenas for the C library: each keeps the largest buffers that it ever gave.
 */
export const SERVER_ENVIRONMENT: NodeJS.ProcessEnv = { OMP_WAIT_POLICY: 'passive', MALLOC_ARENA_MAX: '2' };
