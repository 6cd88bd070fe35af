'use client';

import { Alert, Button, Group, Modal, MultiSelect, NumberInput, Stack, Switch, Text } from '@mantine/core';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useClient } from 'urql';
import { useEffect } from 'react';
import { describeError } from '../api/session-errors';
import type { BenchmarkOptionsQuery } from '../gql/graphql';
import { BenchmarkOptionsDocument, StartBenchmarkDocument } from './benchmark-documents';

interface StartBenchmarkProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

interface Order {
  readonly models: string[];
  readonly backends: string[];
  readonly threads: string[];
  readonly iterations: number;
  readonly warmups: number;
  readonly force: boolean;
}

const THREADS = ['1', '2', '4', '8', '16'];
const ITERATIONS_MAX = 20;
const START: Order = { models: [], backends: [], threads: [], iterations: 3, warmups: 1, force: false };

function useOptions(opened: boolean): BenchmarkOptionsQuery | undefined {
  const client = useClient();
  const [options, setOptions] = useState<BenchmarkOptionsQuery>();
  useEffect(() => {
    if (!opened) return undefined;
    let current = true;
    const load = async () => {
      const { data } = await client.query(BenchmarkOptionsDocument, {}).toPromise();
      if (current && data !== undefined) setOptions(data);
    };
    void load();
    return () => {
      current = false;
    };
  }, [client, opened]);
  return options;
}

const toNumber = (value: string | number, fallback: number): number =>
  typeof value === 'number' ? value : Number.parseInt(value, 10) || fallback;

/** Asks what to measure. Every combination of what is chosen is a cell of the matrix. */
export function StartBenchmark({ opened, onClose }: StartBenchmarkProps) {
  const client = useClient();
  const router = useRouter();
  const options = useOptions(opened);
  const [order, setOrder] = useState(START);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const change = (changes: Partial<Order>) => setOrder((known) => ({ ...known, ...changes }));
  const installed = options?.models.filter((model) => model.installed) ?? [];
  const available = options?.backends.filter(({ status }) => status === 'AVAILABLE') ?? [];
  const backends = [...new Set(available.map(({ name }) => name))];
  const cells =
    (order.models.length || 1) * (order.backends.length || backends.length) * Math.max(1, order.threads.length);

  const start = async () => {
    setBusy(true);
    setRefusal(undefined);
    const { models, threads, ...rest } = order;
    const input = {
      ...rest,
      ...(models.length > 0 && { models }),
      ...(threads.length > 0 && { threads: threads.map(Number) }),
    };
    const { data, error } = await client.mutation(StartBenchmarkDocument, { input }).toPromise();
    setBusy(false);
    if (error !== undefined) return setRefusal(describeError(error));
    if (data?.result.__typename !== 'BenchmarkRunPayload') return setRefusal(data?.result.message);
    router.push(`/benchmarks/${encodeURIComponent(data.result.benchmarkRun.id)}`);
  };

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Start a benchmark"
      centered
      portalProps={{ target: '#content' }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Transcribes the bundled recordings, whose text is known, with every combination. Nothing else should run
          meanwhile.
        </Text>
        <MultiSelect
          label="Models"
          placeholder={order.models.length === 0 ? 'The default model' : ''}
          data={installed.map(({ name }) => name)}
          value={order.models}
          onChange={(models) => change({ models })}
          comboboxProps={{ withinPortal: false }}
        />
        <MultiSelect
          label="Backends"
          placeholder={order.backends.length === 0 ? 'All that are available' : ''}
          data={backends}
          value={order.backends}
          onChange={(chosen) => change({ backends: chosen })}
          comboboxProps={{ withinPortal: false }}
        />
        <MultiSelect
          label="Threads"
          placeholder={order.threads.length === 0 ? 'As the worker uses them' : ''}
          data={THREADS}
          value={order.threads}
          onChange={(threads) => change({ threads })}
          comboboxProps={{ withinPortal: false }}
        />
        <Group grow align="start">
          <NumberInput
            label="Iterations"
            min={1}
            max={ITERATIONS_MAX}
            value={order.iterations}
            onChange={(value) => change({ iterations: toNumber(value, START.iterations) })}
          />
          <NumberInput
            label="Warm-ups before"
            min={0}
            max={ITERATIONS_MAX}
            value={order.warmups}
            onChange={(value) => change({ warmups: toNumber(value, 0) })}
          />
        </Group>
        <Switch
          label="Measure although transcriptions are running"
          description="Their work would make everything look slower."
          checked={order.force}
          onChange={({ currentTarget: { checked } }) => change({ force: checked })}
        />
        {refusal === undefined ? null : (
          <Alert color="red" variant="default" title="Not started" role="alert">
            {refusal}
          </Alert>
        )}
        <Group justify="space-between" mt="xs">
          <Text size="sm" c="dimmed" className="numeric">
            {options === undefined ? '' : `${cells} ${cells === 1 ? 'combination' : 'combinations'}`}
          </Text>
          <Button loading={busy} disabled={options === undefined} onClick={() => void start()}>
            Start
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
