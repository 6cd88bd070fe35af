'use client';

import { ActionIcon, Button, Progress, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFlag, IconTrash, IconX } from '@tabler/icons-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useCommand } from '../api/use-command';
import { useSession } from '../api/session-context';
import { Panel } from '../job/panel';
import { MessageState } from '../shell/message-state';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { FactList, type Fact } from '../ui/fact-list';
import { formatBytes, formatDate, formatPercent, formatSpan } from '../ui/format';
import { LoadingRows } from '../ui/loading-rows';
import { PageHead } from '../ui/page-head';
import { ProblemAlert } from '../ui/problem-alert';
import { ToneLabel } from '../ui/tone-label';
import table from '../ui/data-table.module.css';
import { MemoryChart, SpeedErrorChart } from './benchmark-charts';
import { BenchmarkComparison } from './benchmark-comparison';
import { CancelBenchmarkDocument, DeleteBenchmarkDocument, SetBaselineDocument } from './benchmark-documents';
import { BenchmarkExport } from './benchmark-export';
import { isOver, STATE_LOOKS, type BenchmarkRun } from './benchmark-looks';
import { BenchmarkResults } from './benchmark-results';
import classes from './benchmarks.module.css';
import { useBenchmark } from './use-benchmark';

function RunActions({ run, onChanged }: { readonly run: BenchmarkRun; readonly onChanged: () => void }) {
  const { viewer } = useSession();
  const router = useRouter();
  const command = useCommand();
  const [deleting, dialog] = useDisclosure(false);
  const admin = viewer.scope === 'ADMIN';
  const { id, state, baseline } = run;
  const setBaseline = async () => {
    if ((await command('Not made the baseline', SetBaselineDocument, { id })) !== undefined) onChanged();
  };
  const remove = async () => {
    if ((await command('Not deleted', DeleteBenchmarkDocument, { id })) !== undefined) router.push('/benchmarks');
  };
  return (
    <>
      {admin && !isOver(state) ? (
        <Button
          variant="default"
          size="sm"
          leftSection={<IconX size={16} aria-hidden />}
          onClick={() => void command('Not cancelled', CancelBenchmarkDocument, { id })}
        >
          Cancel
        </Button>
      ) : null}
      {admin && state === 'COMPLETED' && !baseline ? (
        <Button
          variant="default"
          size="sm"
          leftSection={<IconFlag size={16} aria-hidden />}
          onClick={() => void setBaseline()}
        >
          Make it the baseline
        </Button>
      ) : null}
      {run.results.length > 0 ? <BenchmarkExport id={id} createdAt={run.createdAt} /> : null}
      {admin && isOver(state) ? (
        <ActionIcon variant="default" size={36} aria-label="Delete this benchmark" onClick={dialog.open}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      ) : null}
      <ConfirmDialog
        title="Delete this benchmark?"
        confirmLabel="Delete"
        keepLabel="Keep it"
        opened={deleting}
        onClose={dialog.close}
        onConfirm={remove}
      >
        Its figures are removed. What they taught about the speed of models stays.
      </ConfirmDialog>
    </>
  );
}

function RunProgress({ progress }: Pick<BenchmarkRun, 'progress'>) {
  if (progress === null) return null;
  const { fraction, doing, cellsDone, cellsTotal, etaSeconds } = progress;
  return (
    <section className={classes.running} aria-label="Progress">
      <Progress.Root size={8} className={classes.track}>
        <Progress.Section value={fraction * 100} aria-label="Progress of the benchmark" />
      </Progress.Root>
      <span className="numeric">
        <strong>{formatPercent(fraction)}</strong> · {cellsDone} of {cellsTotal} combinations
        {etaSeconds === null ? '' : ` · ${formatSpan(etaSeconds)} left`} · {doing}
      </span>
    </section>
  );
}

function MachineFacts({ run }: { readonly run: BenchmarkRun }) {
  const { machine, audio } = run;
  if (machine === null) return null;
  const facts: Fact[] = [
    ['Machine', machine.host],
    ['Processor', machine.processor],
    [
      'Cores',
      machine.cores === machine.coresMachine ? `${machine.cores}` : `${machine.cores} of ${machine.coresMachine}`,
    ],
    ['Instructions', machine.instructionSets.join(', ')],
    ['Graphics', machine.graphics.join(', ')],
    ['Memory', formatBytes(machine.memoryBytesTotal)],
    ['System', machine.system],
    ['Node', machine.node],
    ['Product', machine.product],
    ['Backends', machine.backends.map(({ name, value }) => `${name} ${value}`.trim()).join(', ')],
    ['Audio', audio === null ? '' : `${audio.clips.length} recordings, ${formatSpan(audio.audioSeconds)}`],
    ['Iterations', String(run.iterations)],
  ];
  return (
    <Panel title="Measured on">
      <FactList facts={facts.filter(([, value]) => value !== '')} />
    </Panel>
  );
}

export function BenchmarkView({ id }: { readonly id: string }) {
  const [version, setVersion] = useState(0);
  const { run, missing, problem } = useBenchmark(id, version);
  if (missing)
    return (
      <MessageState
        title="There is no such benchmark"
        text="It was deleted, or the address is wrong."
        linkLabel="All benchmarks"
        linkHref="/benchmarks"
      />
    );
  if (run === undefined)
    return problem === undefined ? (
      <LoadingRows label="Loading the benchmark" />
    ) : (
      <ProblemAlert
        title="The benchmark could not be loaded"
        message={problem}
        onRetry={() => setVersion((count) => count + 1)}
      />
    );
  const { label, tone } = STATE_LOOKS[run.state];
  return (
    <Stack gap="md">
      <div>
        <Link href="/benchmarks" className={classes.back}>
          ← Benchmarks
        </Link>
        <PageHead
          title={`Benchmark of ${formatDate(new Date(run.createdAt))}`}
          note={
            <span className={classes.subtitle}>
              <span role="status">
                <ToneLabel tone={tone}>{label}</ToneLabel>
              </span>
              {run.host === null ? null : <span>on {run.host}</span>}
              {run.baseline ? <span>the baseline</span> : null}
            </span>
          }
        >
          <RunActions run={run} onChanged={() => setVersion((count) => count + 1)} />
        </PageHead>
      </div>
      {run.error === null ? null : <ProblemAlert title="It ended early" message={run.error.message} />}
      {run.audio?.problems.map((text) => (
        <ProblemAlert key={text} tone="warned" title="A recording was left out" message={text} />
      ))}
      {isOver(run.state) ? null : <RunProgress progress={run.progress} />}
      <div className={table.panel}>
        {run.results.length === 0 ? (
          <p className={`${table.bar} ${classes.quiet}`}>
            {isOver(run.state) ? 'Nothing was measured.' : 'The first combination is being measured.'}
          </p>
        ) : (
          <BenchmarkResults cells={run.results} />
        )}
      </div>
      <div className={classes.charts}>
        <SpeedErrorChart cells={run.results} />
        <MemoryChart cells={run.results} />
      </div>
      {run.state === 'COMPLETED' ? <BenchmarkComparison id={id} version={version} /> : null}
      <MachineFacts run={run} />
    </Stack>
  );
}
