'use client';

import { SegmentedControl, Stack, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useSession } from '../api/session-context';
import { EmptyState } from '../ui/empty-state';
import { formatBytes } from '../ui/format';
import { LoadingRows } from '../ui/loading-rows';
import { PageHead } from '../ui/page-head';
import { ProblemAlert } from '../ui/problem-alert';
import table from '../ui/data-table.module.css';
import { ImportButton, useModelImport } from './model-import';
import { arrange, MODEL_FILTERS, type CatalogueModel, type ModelFilter } from './model-list';
import { ModelTable } from './model-table';
import classes from './models.module.css';
import { useModelCommands } from './use-model-commands';
import { useModels } from './use-models';

const FILTER_LABELS: Readonly<Record<ModelFilter, string>> = {
  all: 'All',
  installed: 'Installed',
  available: 'To pull',
};

function summaryOf(models: readonly CatalogueModel[]): string {
  const installed = models.filter((model) => model.installed);
  const loadings = models.flatMap(({ loadedOn }) => loadedOn);
  const disk = formatBytes(installed.reduce((sum, { fileBytes }) => sum + fileBytes, 0));
  const memory = formatBytes(loadings.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0));
  const inMemory = loadings.length === 0 ? 'none in memory' : `${loadings.length} in memory, ${memory}`;
  return `${installed.length} installed, ${disk} · ${inMemory}`;
}

export function ModelsView() {
  const { models, problem, reload } = useModels();
  const { viewer } = useSession();
  const commands = useModelCommands(reload);
  const { busy, start, panel } = useModelImport(reload);
  const [filter, setFilter] = useState<ModelFilter>('all');
  const [search, setSearch] = useState('');
  const shown = models && arrange(models, filter, search);
  return (
    <Stack gap="md">
      <PageHead title="Models" note={models && summaryOf(models)}>
        {viewer.scope === 'ADMIN' ? <ImportButton busy={busy} start={start} /> : null}
      </PageHead>
      {problem === undefined ? null : (
        <ProblemAlert title="The models could not be loaded" message={problem} onRetry={reload} />
      )}
      {panel}
      <div className={table.panel}>
        <div className={table.bar}>
          <SegmentedControl
            size="xs"
            aria-label="Which models"
            value={filter}
            data={MODEL_FILTERS.map((value) => ({ value, label: FILTER_LABELS[value] }))}
            onChange={(value) => setFilter(value)}
          />
          <TextInput
            size="xs"
            className={classes.search}
            aria-label="Find a model"
            placeholder="Name or precision"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={search}
            onChange={({ currentTarget: { value } }) => setSearch(value)}
          />
        </div>
        {shown === undefined ? (
          problem === undefined ? <LoadingRows label="Loading the models" count={8} /> : null
        ) : shown.length === 0 ? (
          <EmptyState title="No such model" text="Nothing in the catalogue or on the disk fits these words." />
        ) : (
          <ModelTable models={shown} commands={commands} />
        )}
      </div>
    </Stack>
  );
}
