'use client';

import { useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { AuditTargetsDocument } from './audit-documents';
import { describeTarget, isNodeId, type AuditEntry, type AuditTarget } from './audit-entries';

/** What the ids in the log stand for, by id. Each is asked for once; what was deleted since stays an id. */
export function useAuditTargets(entries: readonly AuditEntry[]): ReadonlyMap<string, AuditTarget> {
  const client = useClient();
  const [targets, setTargets] = useState<ReadonlyMap<string, AuditTarget>>(new Map());
  const asked = useRef(new Set<string>());
  useEffect(() => {
    const wanted = [...new Set(entries.map(({ target }) => target))].filter(
      (target): target is string => target !== null && isNodeId(target) && !asked.current.has(target),
    );
    if (wanted.length === 0) return;
    for (const id of wanted) asked.current.add(id);
    const load = async () => {
      const { data } = await client.query(AuditTargetsDocument, { ids: wanted }).toPromise();
      if (data === undefined) return;
      const found = data.nodes.flatMap((node) => (node === null ? [] : [[node.id, describeTarget(node)] as const]));
      setTargets((known) => new Map([...known, ...found]));
    };
    void load();
  }, [client, entries]);
  return targets;
}
