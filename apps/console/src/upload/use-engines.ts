'use client';

import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { EnginesDocument } from '../api/upload-documents';
import type { EnginesQuery } from '../gql/graphql';

/** Engines and their measured speeds; undefined until the server has answered. */
export function useEngines(): EnginesQuery | undefined {
  const client = useClient();
  const [engines, setEngines] = useState<EnginesQuery>();
  useEffect(() => {
    let current = true;
    const load = async () => {
      const { data } = await client.query(EnginesDocument, {}).toPromise();
      if (current && data !== undefined) setEngines(data);
    };
    void load();
    return () => {
      current = false;
    };
  }, [client]);
  return engines;
}
