import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { createTestDatabase, REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { parseYaml, unknownVariables } from './deploy-files.js';
import { findUnread } from './find-unread.js';

const FOLDER = 'deploy/kubernetes';
const KINDS: Record<string, new (data: never) => { validate(): void }> = {
  ConfigMap,
  Deployment,
  Ingress,
  Namespace,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  ScaledObject,
  Secret,
  Service,
  TriggerAuthentication,
};

interface Manifest {
  kind: string;
  metadata: { name: string };
  // Tests look into manifests of many kinds.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  [field: string]: any;
}

const files = readdirSync(join(REPOSITORY_DIRECTORY, FOLDER)).filter(
  (name) => name !== 'kustomization.yaml' && name !== 'secret.yaml',
);
const manifests = files.flatMap((name) => parseYaml(`${FOLDER}/${name}`) as unknown as Manifest[]);
const find = (kind: string, name: string): Manifest => {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
  return found;
};

/** By the schema of its kind; a field that the schema does not know is a mistake as well. */
function problemsOf(manifest: Manifest): string[] {
  const Kind = KINDS[manifest.kind];
  if (Kind === undefined) return [`There is no schema for ${manifest.kind}.`];
  const { validate } = Kind.prototype as { validate: (this: unknown) => void };
  const { watched, unread } = findUnread(manifest);
  try {
    validate.call(watched);
  } catch (error) {
    return [String(error)];
  }
  return unread().map((path) => `unknown field ${path}`);
}

test.each(manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))(
  '%s %s is valid by the schemas of Kubernetes and KEDA',
  (_kind, _name, manifest) => {
    expect(problemsOf(manifest)).toEqual([]);
  },
);

test('a wrong type, a missing field and a misspelt one are found', () => {
  const broken = (change: (copy: Manifest) => void): string[] => {
    const copy = structuredClone(find('Deployment', 'api'));
    change(copy);
    return problemsOf(copy);
  };
  expect(broken((copy) => (copy['spec'].replicas = 'three'))).not.toEqual([]);
  expect(broken((copy) => delete copy['spec'].selector)).not.toEqual([]);
  expect(broken((copy) => (copy['spec'].template.spec.containers[0].redinessProbe = {}))).toEqual([
    'unknown field /spec/template/spec/containers/0/redinessProbe',
  ]);
});

test('kustomize is given every manifest, and the secret by its example', () => {
  const [kustomization] = parseYaml(`${FOLDER}/kustomization.yaml`) as unknown as [{ resources: string[] }];
  const expected = files.map((name) => (name === 'secret.example.yaml' ? 'secret.yaml' : name));
  expect(kustomization.resources.toSorted()).toEqual(expected.toSorted());
  expect(existsSync(join(REPOSITORY_DIRECTORY, FOLDER, 'secret.example.yaml'))).toBe(true);
});

test('pods have no rights, and the time that a drain takes', () => {
  for (const name of ['api', 'worker', 'console']) {
    const pod = find('Deployment', name)['spec'].template.spec;
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsGroup: 0 });
    expect(pod.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.containers[0].readinessProbe, name).toBeDefined();
    expect(pod.containers[0].livenessProbe, name).toBeDefined();
  }
  const api = find('Deployment', 'api')['spec'].template.spec;
  expect(api.containers[0].lifecycle.preStop.exec.command).toEqual(['sleep', '5']);
  expect(api.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(5 + 25 + 5);
  expect(find('Deployment', 'worker')['spec'].template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
    21 + 5,
  );
});

test('selectors meet their pods, ports their names, and every variable is one that a program reads', () => {
  for (const name of ['api', 'console']) {
    const { template } = find('Deployment', name)['spec'];
    const { selector, ports } = find('Service', name)['spec'];
    expect(template.metadata.labels).toMatchObject(selector);
    expect(template.spec.containers[0].ports.map((port: { name: string }) => port.name)).toContain(ports[0].targetPort);
  }
  for (const name of ['api', 'worker']) {
    const { template } = find('Deployment', name)['spec'];
    expect(template.metadata.labels).toMatchObject(find('PodDisruptionBudget', name)['spec'].selector.matchLabels);
  }
  const inPods = ['api', 'worker', 'console'].flatMap((name) =>
    find('Deployment', name)['spec'].template.spec.containers[0].env.map((one: { name: string }) => one.name),
  ) as string[];
  const settings = Object.keys(find('ConfigMap', 'voice-transcriber-settings')['data'] as object);
  const secrets = Object.keys(find('Secret', 'voice-transcriber-secrets')['stringData'] as object);
  expect(unknownVariables([...inPods, ...settings, ...secrets])).toEqual([]);
});

test('every path that nginx leads to the API, the ingress leads there too', () => {
  const paths = find('Ingress', 'voice-transcriber')['spec'].rules[0].http.paths as { path: string }[];
  expect(paths.map(({ path }) => path)).toEqual([
    '/graphql',
    '/uploads',
    '/v1',
    '/media',
    '/transcriptions',
    '/auth',
    '/',
  ]);
});

test('the scaler counts what waits and what runs, and nothing while the queue is paused', async () => {
  const { metadata } = find('ScaledObject', 'worker')['spec'].triggers[0] as { metadata: { query: string } };
  const database = await createTestDatabase();
  const sql = postgres(database.url, { max: 1 });
  try {
    const count = async (): Promise<number> => {
      const [row] = await sql.unsafe(metadata.query);
      return Number(Object.values(row ?? {})[0]);
    };
    expect(await count()).toBe(0);
    const [media] = await sql`
      insert into media (storage_key, filename, container, size_bytes, sha256) values ('uploads/a', 'a.wav', 'wav', 1, 'x') returning id`;
    const add = async (state: string): Promise<string> => {
      const [row] = await sql`
        insert into transcriptions (media_id, state, options) values (${media?.['id'] as string}, ${state}, '{}'::jsonb) returning id`;
      return row?.['id'] as string;
    };
    await add('queued');
    await add('completed');
    await add('paused');
    const running = await add('transcribing');
    for (const [index, state] of ['waiting', 'running', 'running', 'done'].entries()) {
      await sql`insert into chunks (transcription_id, index, start_seconds, end_seconds, state)
        values (${running}, ${index}, ${index * 60}, ${index * 60 + 60}, ${state})`;
    }
    expect(await count()).toBe(4);
    await sql`insert into settings (key, value) values ('queue', '{"paused": true}'::jsonb)
      on conflict (key) do update set value = excluded.value`;
    expect(await count()).toBe(0);
  } finally {
    await sql.end();
    await database.dispose();
  }
});
