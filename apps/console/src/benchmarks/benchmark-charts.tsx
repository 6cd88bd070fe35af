import { Panel } from '../job/panel';
import { formatBytes } from '../ui/format';
import { axisSteps, cellKey, conditionsOf, formatRate, formatSpeed, type BenchmarkCell } from './benchmark-looks';
import classes from './charts.module.css';

/** Chosen to stay apart in both schemes; a shape comes with each. */
const COLOURS = ['--accent', '--tone-failed', '--tone-done', '--tone-waiting', '--tone-idle', '--tone-warned'] as const;

const WIDTH = 520;
const HEIGHT = 260;
const LEFT = 52;
const BOTTOM = 38;
const TOP = 12;
const RIGHT = 16;

interface Point {
  readonly key: string;
  readonly backend: string;
  readonly label: string;
  readonly speed: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

function toPoints(cells: readonly BenchmarkCell[]): Point[] {
  return cells.flatMap((cell) => {
    const words = cell.summary?.wordErrors ?? null;
    if (cell.summary === null || words === null || words.rate === null) return [];
    const { rate, low, high } = words;
    return [
      {
        key: cellKey(cell),
        backend: cell.backend,
        label: cell.model,
        speed: cell.summary.speed,
        rate,
        low: low ?? rate,
        high: high ?? rate,
      },
    ];
  });
}

function Mark({ shape, x, y, colour }: { shape: number; x: number; y: number; colour: string }) {
  const fill = `var(${colour})`;
  if (shape % 3 === 1) return <rect x={x - 5} y={y - 5} width={10} height={10} fill={fill} />;
  if (shape % 3 === 2) return <path d={`M${x} ${y - 6}l6 11h-12z`} fill={fill} />;
  return <circle cx={x} cy={y} r={5.5} fill={fill} />;
}

/** Speed against word error rate: the best cells are at the lower right. Whiskers are the 95 % interval. */
export function SpeedErrorChart({ cells }: { readonly cells: readonly BenchmarkCell[] }) {
  const points = toPoints(cells);
  const backends = [...new Set(points.map(({ backend }) => backend))].sort();
  if (points.length === 0)
    return (
      <Panel title="Speed and word errors">
        <p className={classes.quiet}>Appears with the first combination that is measured.</p>
      </Panel>
    );
  const xSteps = axisSteps(Math.max(...points.map(({ speed }) => speed)) * 1.12);
  const ySteps = axisSteps(Math.max(...points.map(({ high }) => high), 0.01));
  const xMax = xSteps.at(-1) ?? 1;
  const yMax = ySteps.at(-1) ?? 1;
  const xOf = (speed: number): number => LEFT + (speed / xMax) * (WIDTH - LEFT - RIGHT);
  const yOf = (rate: number): number => HEIGHT - BOTTOM - (rate / yMax) * (HEIGHT - BOTTOM - TOP);
  const spoken = points.map(
    ({ backend, label, speed, rate }) =>
      `${label} on ${backend}: ${formatSpeed(speed)}, ${formatRate(rate)} of words wrong`,
  );
  return (
    <Panel
      title="Speed and word errors"
      aside={
        <span className={classes.legend}>
          {backends.map((backend, index) => (
            <span key={backend} className={classes.entry}>
              <svg width={12} height={12} aria-hidden>
                <Mark shape={index} x={6} y={6} colour={COLOURS[index % COLOURS.length] ?? '--accent'} />
              </svg>
              {backend}
            </span>
          ))}
        </span>
      }
    >
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={classes.plot} role="img" aria-label={spoken.join('; ')}>
        {ySteps.map((step) => (
          <g key={step}>
            <line x1={LEFT} x2={WIDTH - RIGHT} y1={yOf(step)} y2={yOf(step)} className={classes.rule} />
            <text x={LEFT - 8} y={yOf(step) + 4} textAnchor="end" className={classes.tick}>
              {formatRate(step)}
            </text>
          </g>
        ))}
        {xSteps.map((step) => (
          <text key={step} x={xOf(step)} y={HEIGHT - BOTTOM + 16} textAnchor="middle" className={classes.tick}>
            {formatSpeed(step)}
          </text>
        ))}
        <text x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 4} textAnchor="middle" className={classes.tick}>
          times real time: faster to the right; fewer words wrong below
        </text>
        {points.map(({ key, backend, label, speed, rate, low, high }) => {
          const index = backends.indexOf(backend);
          const x = xOf(speed);
          const colour = COLOURS[index % COLOURS.length] ?? '--accent';
          const leftwards = x > WIDTH - 110;
          return (
            <g key={key}>
              <line x1={x} x2={x} y1={yOf(low)} y2={yOf(high)} stroke={`var(${colour})`} strokeOpacity={0.4} />
              <Mark shape={index} x={x} y={yOf(rate)} colour={colour} />
              <text
                x={leftwards ? x - 9 : x + 9}
                y={yOf(rate) - 6}
                textAnchor={leftwards ? 'end' : 'start'}
                className={classes.label}
              >
                {label}
              </text>
            </g>
          );
        })}
      </svg>
    </Panel>
  );
}

/** Peak memory of each combination, side by side. */
export function MemoryChart({ cells }: { readonly cells: readonly BenchmarkCell[] }) {
  const bars = cells.flatMap((cell) => (cell.summary === null ? [] : [{ cell, bytes: cell.summary.memoryBytesPeak }]));
  const bytesMax = Math.max(1, ...bars.map(({ bytes }) => bytes));
  return (
    <Panel title="Peak memory">
      {bars.length === 0 ? (
        <p className={classes.quiet}>Appears with the first combination that is measured.</p>
      ) : (
        <ul className={classes.bars}>
          {bars.map(({ cell, bytes }) => (
            <li key={cellKey(cell)} className={classes.bar}>
              <span className={classes.barName}>
                {cell.model}{' '}
                <span className={classes.quiet}>
                  {cell.backend}, {conditionsOf(cell)}
                </span>
              </span>
              <span className="numeric">{formatBytes(bytes)}</span>
              <span className={classes.barTrack} aria-hidden>
                <span className={classes.barFill} style={{ width: `${(100 * bytes) / bytesMax}%` }} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
