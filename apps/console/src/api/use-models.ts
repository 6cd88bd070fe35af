'use client';

import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import type { ModelsQuery } from '../gql/graphql';
import { ModelsDocument } from './documents';

export type ApiModel = ModelsQuery['models'][number];

/** The models that the server knows; empty until it has answered, and when it cannot. */
export function useApiModels(): readonly ApiModel[] {
  const client = useClient();
  const [models, setModels] = useState<readonly ApiModel[]>([]);
  useEffect(() => {
    let current = true;
    const load = async () => {
      const { data } = await client.query(ModelsDocument, {}).toPromise();
      if (current && data !== undefined) setModels(data.models);
    };
    void load();
    return () => {
      current = false;
    };
  }, [client]);
  return models;
}
