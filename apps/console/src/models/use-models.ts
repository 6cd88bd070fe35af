'use client';

import { useMemo, useState } from 'react';
import { useConsoleEvents } from '../api/console-stream';
import { useLiveQuery } from '../api/use-live-query';
import { ModelCatalogueDocument } from './model-documents';
import { isActive, withPulls, type CatalogueModel, type Pull } from './model-list';

export interface Models {
  readonly models: readonly CatalogueModel[] | undefined;
  readonly problem: string | undefined;
  readonly reload: () => void;
}

const REFRESH_SECONDS = 30;

/** Catalogue and installed models. Progress of pulls comes with the stream, without asking again. */
export function useModels(): Models {
  const { data, problem, reload } = useLiveQuery({
    document: ModelCatalogueDocument,
    variables: {},
    renewedBy: ['ModelsChanged', 'WorkersChanged'],
    everySeconds: REFRESH_SECONDS,
  });
  const [pulls, setPulls] = useState<Readonly<Record<string, Pull>>>({});
  useConsoleEvents((event) => {
    if (event.__typename !== 'ModelPullChanged') return;
    const { pull } = event;
    const known = pulls[pull.id];
    setPulls((before) => ({ ...before, [pull.id]: pull }));
    // One that somebody else began, or that ended: the list itself has changed.
    if (known === undefined || !isActive(pull)) reload();
  });
  const models = useMemo(() => data && withPulls(data.models, pulls), [data, pulls]);
  return { models, problem, reload };
}
