import type { ModelCatalogueQuery, ModelPullFieldsFragment } from '../gql/graphql';

export type CatalogueModel = ModelCatalogueQuery['models'][number];
export type Pull = ModelPullFieldsFragment;

export const MODEL_FILTERS = ['all', 'installed', 'available'] as const;
export type ModelFilter = (typeof MODEL_FILTERS)[number];

const ACTIVE_STATES: readonly Pull['state'][] = ['QUEUED', 'RUNNING'];

export const isActive = (pull: Pull | null): pull is Pull => pull !== null && ACTIVE_STATES.includes(pull.state);

/** The stream's word is newer than the list's, unless the list knows a later pull of that model. */
export function withPulls(
  models: readonly CatalogueModel[],
  pulls: Readonly<Record<string, Pull>>,
): readonly CatalogueModel[] {
  return models.map((model) => {
    const live = model.pull === null ? undefined : pulls[model.pull.id];
    return live === undefined ? model : { ...model, pull: live };
  });
}

/** What is here and what is on its way first; then by what it takes. */
export function arrange(models: readonly CatalogueModel[], filter: ModelFilter, search: string): CatalogueModel[] {
  const wanted = search.trim().toLowerCase();
  const rank = ({ installed, pull }: CatalogueModel): number => (installed ? 0 : isActive(pull) ? 1 : 2);
  return models
    .filter(({ installed }) => filter === 'all' || installed === (filter === 'installed'))
    .filter(({ name, quantization }) => `${name} ${quantization}`.toLowerCase().includes(wanted))
    .sort((left, right) => rank(left) - rank(right) || left.memoryBytesNeeded - right.memoryBytesNeeded);
}

/** Whisper's own models know either English or all its languages. */
export function languagesOf({ languages }: Pick<CatalogueModel, 'languages'>): string {
  if (languages.includes('*')) return 'All';
  const count = languages.length;
  if (count === 1) return languages[0] === 'en' ? 'English' : (languages[0] ?? '');
  return `${count} languages`;
}
