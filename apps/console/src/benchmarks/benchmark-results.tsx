import { formatBytes, formatSpan } from '../ui/format';
import { ToneLabel } from '../ui/tone-label';
import table from '../ui/data-table.module.css';
import { cellKey, conditionsOf, formatRate, formatSpeed, type BenchmarkCell } from './benchmark-looks';

type Summary = NonNullable<BenchmarkCell['summary']>;

function WordErrors({ wordErrors }: Pick<Summary, 'wordErrors'>) {
  if (wordErrors?.rate === null || wordErrors === null) return <>–</>;
  const { rate, low, high, errors, length } = wordErrors;
  return (
    <>
      {formatRate(rate)}
      <div className={table.quiet}>
        {low === null || high === null ? `${errors} of ${length} words` : `${formatRate(low)} to ${formatRate(high)}`}
      </div>
    </>
  );
}

function CellFigures({ summary, stable }: { readonly summary: Summary; readonly stable: boolean | null }) {
  return (
    <>
      <td className={`${table.end} numeric`} data-name="Speed">
        <strong>{formatSpeed(summary.speed)}</strong>
        <div className={table.quiet}>factor {summary.realTimeFactor.toFixed(3)}</div>
      </td>
      <td className={`${table.end} numeric`} data-name="Words wrong">
        <WordErrors wordErrors={summary.wordErrors} />
      </td>
      <td className={`${table.end} numeric`} data-name="Took">
        {formatSpan(summary.duration.p50)}
        <div className={table.quiet}>
          ± {summary.duration.standardDeviation.toFixed(2)} s{stable === false ? ', unsteady' : ''}
        </div>
      </td>
      <td className={`${table.end} numeric`} data-name="First text">
        {summary.firstWindowSeconds.toFixed(2)} s
      </td>
      <td className={`${table.end} numeric`} data-name="CPU">
        {Math.round(summary.cpuPercent)} %
        {summary.otherCores >= 0.2 ? (
          <div className={`${table.quiet} ${table.bad}`}>others took {summary.otherCores.toFixed(1)} cores</div>
        ) : null}
      </td>
      <td className={`${table.end} numeric`} data-name="Memory">
        {formatBytes(summary.memoryBytesPeak)}
      </td>
    </>
  );
}

const FIGURE_COLUMNS = 6;

export function BenchmarkResults({ cells }: { readonly cells: readonly BenchmarkCell[] }) {
  return (
    <table className={table.table} aria-label="Results">
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
            Took, median
          </th>
          <th scope="col" className={table.end}>
            First text
          </th>
          <th scope="col" className={table.end}>
            CPU
          </th>
          <th scope="col" className={table.end}>
            Peak memory
          </th>
        </tr>
      </thead>
      <tbody>
        {cells.map((cell) => (
          <tr key={cellKey(cell)}>
            <td>
              <span className={table.name}>{cell.model}</span>
              <div className={table.quiet}>
                {cell.backend}, {conditionsOf(cell)}
              </div>
              {cell.skippedClips.length === 0 ? null : (
                <div className={table.quiet}>
                  {cell.skippedClips.length} {cell.skippedClips.length === 1 ? 'recording was' : 'recordings were'} left
                  out
                </div>
              )}
            </td>
            {cell.summary === null ? (
              <td colSpan={FIGURE_COLUMNS}>
                <ToneLabel tone={cell.state === 'CANCELLED' ? 'idle' : 'failed'}>
                  {cell.state === 'CANCELLED' ? 'Cancelled' : 'Failed'}
                </ToneLabel>
                {cell.error === null ? null : <div className={table.quiet}>{cell.error.message}</div>}
              </td>
            ) : (
              <CellFigures summary={cell.summary} stable={cell.stable} />
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
