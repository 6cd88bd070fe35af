'use client';

import { Panel } from '../job/panel';
import { FactList } from '../ui/fact-list';
import { formatAge, formatBytes } from '../ui/format';
import { ToneLabel } from '../ui/tone-label';
import { useNow } from '../ui/use-now';
import { describeCapabilities, describeFact, describeRate, type ApiBackend, type ErrorRate } from './backend-list';
import classes from './backends.module.css';

type SelfTest = ApiBackend['selfTests'][number];
type Device = ApiBackend['devices'][number];

function SelfTestResult({ test }: { readonly test: SelfTest | undefined }) {
  const now = useNow(30);
  if (test === undefined)
    return <p className={`${classes.quiet} ${classes.wide}`}>Not tested since the worker started.</p>;
  const { ok, model, text, problem, testedAt, deviceRequested, deviceActual, audioSecondsPerSecond, capabilities } =
    test;
  const elsewhere = deviceActual !== null && deviceActual !== deviceRequested;
  return (
    <div className={classes.wide}>
      <p className={`${classes.quiet} numeric`}>
        {`Self-test with ${model}, ${formatAge(new Date(testedAt), now)}`}
        {audioSecondsPerSecond === null ? '' : `: ${audioSecondsPerSecond.toFixed(1)}× real time`}
      </p>
      {capabilities === null ? null : (
        <p className={`${classes.quiet} numeric`}>Capabilities: {describeCapabilities(capabilities)}</p>
      )}
      {elsewhere ? (
        <p className={classes.bad}>
          Asked for {deviceRequested}, ran on {deviceActual}.
        </p>
      ) : null}
      {ok || problem === null ? null : <p className={classes.bad}>{problem}</p>}
      {text === '' ? null : <p className={classes.heard}>Heard: {text}</p>}
    </div>
  );
}

function DeviceLine({ device, test }: { readonly device: Device; readonly test: SelfTest | undefined }) {
  return (
    <li className={classes.device}>
      <span className={classes.deviceName}>
        {device.name === device.id ? device.id : `${device.id} · ${device.name}`}
      </span>
      {test === undefined ? (
        <ToneLabel tone="idle">Not tested</ToneLabel>
      ) : (
        <ToneLabel tone={test.ok ? 'done' : 'failed'}>{test.ok ? 'Passed' : 'Failed'}</ToneLabel>
      )}
      <p className={`${classes.quiet} ${classes.wide} numeric`}>
        {device.kind === device.id ? '' : `${device.kind}, `}
        {formatBytes(device.memoryBytesTotal)} of memory
      </p>
      <SelfTestResult test={test} />
    </li>
  );
}

/** One backend on one machine: what it runs on, what it made of the test clip, or why it is not there. */
export function BackendPanel({
  backend,
  rate,
}: {
  readonly backend: ApiBackend;
  readonly rate: ErrorRate | undefined;
}) {
  const { name, host, status, reason, fix, version, devices, selfTests, facts } = backend;
  const available = status === 'AVAILABLE';
  return (
    <Panel
      title={name}
      aside={
        <span className={classes.aside}>
          <span className={classes.quiet}>{[version, host].filter((part) => part !== null).join(' · ')}</span>
          <ToneLabel tone={available ? 'done' : 'warned'}>{available ? 'Available' : 'Not available'}</ToneLabel>
        </span>
      }
    >
      <div className={classes.body}>
        {available ? null : (
          <div>
            <p className={classes.reason}>{reason ?? 'It gave no reason.'}</p>
            {fix === null ? null : <p className={classes.fix}>{fix}</p>}
          </div>
        )}
        {devices.length === 0 ? null : (
          <ul className={classes.devices} aria-label={`Devices of ${name}`}>
            {devices.map((device) => (
              <DeviceLine
                key={device.id}
                device={device}
                test={selfTests.find(({ deviceRequested }) => deviceRequested === device.id)}
              />
            ))}
          </ul>
        )}
        {available ? <p className={`${classes.quiet} numeric`}>{describeRate(rate)}</p> : null}
        {facts.length === 0 ? null : (
          <details className={classes.more}>
            <summary>Facts</summary>
            <FactList size="small" facts={facts.map((fact) => [describeFact(fact.name), fact.value])} />
          </details>
        )}
      </div>
    </Panel>
  );
}
