import type { ReactNode } from 'react';
import type { DoctorLevel, SystemReportQuery } from '../gql/graphql';
import { Panel } from '../job/panel';
import { FactList, type Fact } from '../ui/fact-list';
import { formatBytes, formatSpan } from '../ui/format';
import { ToneLabel, type Tone } from '../ui/tone-label';
import table from '../ui/data-table.module.css';
import classes from './system-view.module.css';

export type SystemReport = SystemReportQuery['system'];

const LEVEL_LOOKS: Readonly<Record<DoctorLevel, { readonly label: string; readonly tone: Tone }>> = {
  OK: { label: 'Fine', tone: 'done' },
  WARNING: { label: 'Look at it', tone: 'warned' },
  PROBLEM: { label: 'Broken', tone: 'failed' },
};

const LEVEL_ORDER: readonly DoctorLevel[] = ['PROBLEM', 'WARNING', 'OK'];

export function Findings({ findings }: Pick<SystemReport, 'findings'>) {
  const sorted = findings.toSorted((left, right) => LEVEL_ORDER.indexOf(left.level) - LEVEL_ORDER.indexOf(right.level));
  const bad = findings.filter(({ level }) => level !== 'OK').length;
  return (
    <Panel
      title="Findings"
      aside={
        <span className={classes.quiet}>
          {bad === 0 ? 'all is fine' : `${bad} ${bad === 1 ? 'needs' : 'need'} a look`}
        </span>
      }
    >
      <ul className={classes.findings}>
        {sorted.map(({ level, code, title, message, fix }, index) => (
          <li key={`${code}-${index}`} className={classes.finding}>
            <span className={classes.code}>{title}</span>
            <span className={classes.text}>
              {message}
              {fix === null ? null : <span className={classes.fix}>{fix}</span>}
            </span>
            <ToneLabel tone={LEVEL_LOOKS[level].tone}>{LEVEL_LOOKS[level].label}</ToneLabel>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

interface MeterProps {
  readonly label: string;
  readonly fraction: number;
  readonly children: ReactNode;
}

const FRACTION_HIGH = 0.9;

function Meter({ label, fraction, children }: MeterProps) {
  return (
    <div className={classes.meter}>
      <span>{label}</span>
      <span className="numeric">{children}</span>
      <span className={classes.track} aria-hidden>
        <span
          className={classes.fill}
          data-high={fraction >= FRACTION_HIGH || undefined}
          style={{ width: `${Math.min(100, Math.max(0, 100 * fraction))}%` }}
        />
      </span>
    </div>
  );
}

export function Limits({ report }: { readonly report: SystemReport }) {
  const { machine, container, disk, database } = report;
  const memoryUsed = machine.memoryBytesTotal - machine.memoryBytesAvailable;
  const diskUsed = disk.bytesTotal - disk.bytesFree;
  return (
    <Panel title="Room">
      <div className={classes.meters}>
        <Meter label="Memory" fraction={memoryUsed / machine.memoryBytesTotal}>
          {formatBytes(memoryUsed)} of {formatBytes(machine.memoryBytesTotal)}
        </Meter>
        {container.memoryBytesMax === null || container.memoryBytesUsed === null ? null : (
          <Meter label="Memory of the container" fraction={container.memoryBytesUsed / container.memoryBytesMax}>
            {formatBytes(container.memoryBytesUsed)} of {formatBytes(container.memoryBytesMax)}
          </Meter>
        )}
        <Meter label="Disk of the recordings" fraction={diskUsed / disk.bytesTotal}>
          {formatBytes(diskUsed)} of {formatBytes(disk.bytesTotal)}
        </Meter>
        <Meter label="Load, one minute" fraction={machine.loadAverage / machine.cores}>
          {machine.loadAverage.toFixed(1)} on {machine.cores} {machine.cores === 1 ? 'core' : 'cores'}
        </Meter>
        <Meter label="Database connections" fraction={database.connections / database.connectionsMax}>
          {database.connections} of {database.connectionsMax}
        </Meter>
      </div>
    </Panel>
  );
}

export function Facts({ report }: { readonly report: SystemReport }) {
  const { machine, container, database, versions, eventLoopDelayMsP99 } = report;
  const cores =
    machine.cores === machine.coresMachine ? `${machine.cores}` : `${machine.cores} of ${machine.coresMachine}`;
  const facts: Fact[] = [
    ['Machine', machine.host],
    ['System', machine.system],
    ['Processor', machine.processor],
    ['Cores', cores],
    [
      'Container',
      container.cpuCoresMax === null && container.memoryBytesMax === null
        ? 'sets no limits'
        : [
            container.cpuCoresMax === null ? undefined : `${container.cpuCoresMax} cores`,
            container.memoryBytesMax === null ? undefined : formatBytes(container.memoryBytesMax),
          ]
            .filter((part) => part !== undefined)
            .join(', '),
    ],
    ['Up for', formatSpan(machine.uptimeSeconds)],
    ['Event loop', `late by ${eventLoopDelayMsP99.toFixed(1)} ms at most in 99 of 100 turns`],
    ['Database', `PostgreSQL ${database.version}, ${formatBytes(database.sizeBytes)}`],
    ...versions
      .filter(({ name }) => name !== 'postgres')
      .map(({ name, value }) => [name.charAt(0).toUpperCase() + name.slice(1), value] as const),
  ];
  return (
    <Panel title="Machine and versions">
      <FactList facts={facts} />
    </Panel>
  );
}

export function Recommendations({ recommendations }: Pick<SystemReport, 'recommendations'>) {
  return (
    <section className={table.panel} aria-label="Recommendations">
      <div className={table.bar}>
        <strong>Recommended for this machine</strong>
        <span className={table.quiet}>from what was measured here</span>
      </div>
      {recommendations.length === 0 ? (
        <p className={`${table.bar} ${classes.quiet}`}>
          Nothing was measured yet. <code>vt doctor</code>, the first job or a benchmark of an installed model brings a
          recommendation.
        </p>
      ) : (
        <table className={table.table} aria-label="Recommendations">
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Runs best on</th>
              <th scope="col" className={table.end}>
                Speed
              </th>
              <th scope="col">Settings</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {recommendations.map((advice) => (
              <tr key={`${advice.model}-${advice.host}`}>
                <td>
                  <span className={table.name}>{advice.model}</span>{' '}
                  {advice.best ? <ToneLabel tone="done">Take this</ToneLabel> : null}
                </td>
                <td data-name="Runs best on">
                  {advice.backend}, {advice.device}
                </td>
                <td className={`${table.end} numeric`} data-name="Speed">
                  {advice.audioSecondsPerSecond.toFixed(1)}×
                </td>
                <td>
                  <span className={table.code}>
                    MAX_CONCURRENT_JOBS={advice.concurrentJobs} INFERENCE_THREADS={advice.threads}
                  </span>
                  {advice.concurrentJobsMeasured ? null : <span className={table.quiet}> jobs not measured</span>}
                </td>
                <td className={table.quiet}>{advice.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
