'use client';

import { NativeSelect } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { useClient } from 'urql';
import type { BenchmarkComparisonQuery, BenchmarkVerdict } from '../gql/graphql';
import { useLiveQuery } from '../api/use-live-query';
import { formatBytes, formatDate } from '../ui/format';
import table from '../ui/data-table.module.css';
import { BenchmarkComparisonDocument, BenchmarkRunsDocument } from './benchmark-documents';
import { cellKey, conditionsOf, formatRate, formatSpeed, VERDICT_LABELS } from './benchmark-looks';
import classes from './benchmarks.module.css';

type Comparison = NonNullable<NonNullable<BenchmarkComparisonQuery['benchmarkRun']>['comparison']>;

interface Figures {
  readonly before: number;
  readonly after: number;
  readonly verdict: BenchmarkVerdict;
}

const RUNS_OFFERED = 50;
const REFRESH_SECONDS = 60;

function Change({ figures, format }: { readonly figures: Figures; readonly format: (value: number) => string }) {
  return (
    <>
      {format(figures.before)} → <strong>{format(figures.after)}</strong>
      <div className={classes.verdict} data-verdict={figures.verdict}>
        {VERDICT_LABELS[figures.verdict]}
      </div>
    </>
  );
}

function ComparisonTable({ comparison }: { readonly comparison: Comparison }) {
  if (comparison.cells.length === 0)
    return <p className={`${table.bar} ${classes.quiet}`}>The two runs have no combination in common.</p>;
  return (
    <table className={table.table} aria-label="Comparison">
      <thead>
        <tr>
          <th scope="col">Combination</th>
          <th scope="col" className={table.end}>
            Speed
          </th>
          <th scope="col" className={table.end}>
            Words wrong
          </th>
          <th scope="col" className={table.end}>
            Peak memory
          </th>
        </tr>
      </thead>
      <tbody>
        {comparison.cells.map((cell) => (
          <tr key={cellKey(cell)}>
            <td>
              <span className={table.name}>{cell.model}</span>
              <div className={table.quiet}>
                {cell.backend}, {conditionsOf(cell)}
              </div>
            </td>
            <td className={`${table.end} numeric`} data-name="Speed">
              <Change figures={cell.speed} format={formatSpeed} />
            </td>
            <td className={`${table.end} numeric`} data-name="Words wrong">
              {cell.wordErrors === null ? '–' : <Change figures={cell.wordErrors} format={formatRate} />}
            </td>
            <td className={`${table.end} numeric`} data-name="Memory">
              <Change figures={cell.memory} format={formatBytes} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The run beside an earlier one that the reader chooses; the server's own choice is the baseline. */
export function BenchmarkComparison({ id, version }: { readonly id: string; readonly version: number }) {
  const client = useClient();
  const [earlier, setEarlier] = useState('');
  const [comparison, setComparison] = useState<Comparison | null>();
  const { data } = useLiveQuery({
    document: BenchmarkRunsDocument,
    variables: { first: RUNS_OFFERED },
    renewedBy: [],
    everySeconds: REFRESH_SECONDS,
  });
  useEffect(() => {
    let current = true;
    const load = async () => {
      const variables = { id, with: earlier === '' ? null : earlier };
      const answer = await client.query(BenchmarkComparisonDocument, variables).toPromise();
      if (current) setComparison(answer.data?.benchmarkRun?.comparison ?? null);
    };
    void load();
    return () => {
      current = false;
    };
  }, [client, id, earlier, version]);

  const others = (data?.benchmarkRuns.nodes ?? []).filter((run) => run.id !== id && run.state === 'COMPLETED');
  if (others.length === 0) return null;
  let body: ReactNode = null;
  if (comparison === null)
    body = <p className={`${table.bar} ${classes.quiet}`}>There is nothing to compare this run with.</p>;
  else if (comparison !== undefined)
    body = (
      <>
        {comparison.cautions.length === 0 ? null : (
          <ul className={classes.cautions}>
            {comparison.cautions.map((caution) => (
              <li key={caution}>{caution}</li>
            ))}
          </ul>
        )}
        <ComparisonTable comparison={comparison} />
      </>
    );
  return (
    <section className={table.panel} aria-label="Beside an earlier run">
      <div className={table.bar}>
        <strong>Beside an earlier run</strong>
        <NativeSelect
          size="xs"
          aria-label="Earlier run"
          value={earlier}
          data={[
            { value: '', label: 'The baseline, else the one before' },
            ...others.map((run) => ({
              value: run.id,
              label: `${formatDate(new Date(run.createdAt))}${run.baseline ? ', baseline' : ''}`,
            })),
          ]}
          onChange={({ currentTarget: { value } }) => setEarlier(value)}
        />
      </div>
      {body}
    </section>
  );
}
