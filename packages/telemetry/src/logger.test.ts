import { expect, test } from 'vitest';
import { createLogger, logPerformance, type LoggerOptions } from './index.js';

function recordingLogger(options: Partial<LoggerOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const logger = createLogger({ level: 'info', name: 'api', instanceId: 'one', destination, ...options });
  return { logger, lines };
}

test('a line names its process, its instance and its level', () => {
  const { logger, lines } = recordingLogger();
  logger.info({ transcriptionId: 'x' }, 'hello');
  logger.debug('not written at this level');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 'info', name: 'api', instanceId: 'one', transcriptionId: 'x', msg: 'hello' });
});

test('secrets never reach the log, at any depth that requests are logged with', () => {
  const { logger, lines } = recordingLogger();
  logger.info({
    authorization: 'Bearer vt_secret1',
    headers: { cookie: 'vt_session=secret2', 'set-cookie': 'secret3' },
    request: { headers: { authorization: 'secret4', cookie: 'secret5' } },
    secret: 'secret6',
  });
  expect(JSON.stringify(lines)).not.toMatch(/secret\d/);
  expect(JSON.stringify(lines)).toContain('[redacted]');
});

test('an error is written with its code, message and cause', () => {
  const { logger, lines } = recordingLogger();
  const error = Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'storage-full' });
  logger.error({ error }, 'failed');
  expect(lines[0]?.['error']).toMatchObject({ code: 'storage-full', message: 'outer', cause: { message: 'inner' } });
});

test('performance lines are written even when only fatal lines are', () => {
  const { logger, lines } = recordingLogger({ level: 'fatal' });
  logPerformance(logger.child({ worker: 'w' }), { operation: 'chunk', durationSeconds: 2, audioSeconds: 60 });
  expect(lines[0]).toMatchObject({ operation: 'chunk', durationSeconds: 2, realTimeFactor: 30, worker: 'w' });
});

test('performance lines are not written when they are switched off, even at trace level', () => {
  const { logger, lines } = recordingLogger({ level: 'trace', performanceMetrics: false });
  logPerformance(logger, { operation: 'chunk', durationSeconds: 2 });
  expect(lines).toEqual([]);
});
