import { expect, test } from 'vitest';
import { arrange, withPulls, type CatalogueModel, type Pull } from './model-list';

function pull(id: string, state: Pull['state'], bytesDone = 0): Pull {
  return {
    __typename: 'ModelPull',
    id,
    model: 'tiny',
    state,
    bytesDone,
    bytesTotal: 100,
    bytesPerSecond: null,
    etaSeconds: null,
    fraction: bytesDone / 100,
    attempts: 1,
    error: null,
  } as Pull;
}

function model(name: string, changes: Partial<CatalogueModel> = {}): CatalogueModel {
  return {
    id: name,
    name,
    size: name,
    quantization: 'f16',
    languages: ['*'],
    licence: 'MIT',
    origin: '',
    sha1: null,
    sha256: '',
    fileBytes: 1,
    memoryBytesNeeded: 1,
    default: false,
    deletable: false,
    embedded: false,
    installed: false,
    official: true,
    loadedOn: [],
    pull: null,
    ...changes,
  };
}

test('installed models come first, then those on their way, then the rest by what they take', () => {
  const models = [
    model('large', { memoryBytesNeeded: 9 }),
    model('medium', { memoryBytesNeeded: 5 }),
    model('small', { memoryBytesNeeded: 3, pull: pull('1', 'RUNNING') }),
    model('base', { memoryBytesNeeded: 8, installed: true }),
    model('tiny', { memoryBytesNeeded: 1, pull: pull('2', 'FAILED') }),
  ];
  expect(arrange(models, 'all', '').map(({ name }) => name)).toEqual(['base', 'small', 'tiny', 'medium', 'large']);
  expect(arrange(models, 'available', 'M').map(({ name }) => name)).toEqual(['small', 'medium']);
});

test('live progress belongs to its own pull alone: an older one does not come back over a newer', () => {
  const live = { old: pull('old', 'RUNNING', 70) };
  const [same] = withPulls([model('tiny', { pull: pull('old', 'RUNNING', 10) })], live);
  const [later] = withPulls([model('tiny', { pull: pull('new', 'QUEUED') })], live);
  expect(same?.pull?.bytesDone).toBe(70);
  expect(later?.pull?.id).toBe('new');
});
