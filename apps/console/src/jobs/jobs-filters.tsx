'use client';

import { Button, CloseButton, NativeSelect, TextInput } from '@mantine/core';
import { IconFilter, IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { FilterChoicesDocument } from '../api/documents';
import { namedLanguages } from '../ui/whisper-languages';
import { AGES, isNarrowed, PRIORITIES, type JobAge, type JobCriteria } from './job-criteria';
import classes from './jobs-controls.module.css';

const SEARCH_PAUSE_MILLISECONDS = 250;
const ANY = '';

const AGE_LABELS: Readonly<Record<JobAge, string>> = {
  hour: 'Last hour',
  day: 'Last day',
  week: 'Last week',
  month: 'Last month',
};

interface JobsFiltersProps {
  readonly criteria: JobCriteria;
  readonly onChange: (changes: Partial<JobCriteria>) => void;
  readonly onClear: () => void;
}

interface Choice {
  readonly label: string;
  readonly any: string;
  readonly value: string | null;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string | null) => void;
}

function ChoiceField({ label, any, value, choices, onChange }: Choice) {
  return (
    <NativeSelect
      size="xs"
      aria-label={label}
      value={value ?? ANY}
      data-active={value !== null || undefined}
      className={classes.filterField ?? ''}
      data={[{ value: ANY, label: any }, ...choices]}
      onChange={({ currentTarget }) => onChange(currentTarget.value === ANY ? null : currentTarget.value)}
    />
  );
}

function useChoices(): { readonly models: readonly string[]; readonly backends: readonly string[] } {
  const client = useClient();
  const [choices, setChoices] = useState<{ models: readonly string[]; backends: readonly string[] }>({
    models: [],
    backends: [],
  });
  useEffect(() => {
    let current = true;
    const load = async () => {
      const { data } = await client.query(FilterChoicesDocument, {}).toPromise();
      if (!current || data === undefined) return;
      const models = data.models.filter(({ installed }) => installed).map(({ name }) => name);
      setChoices({ models, backends: [...new Set(data.backends.map(({ name }) => name))] });
    };
    void load();
    return () => {
      current = false;
    };
  }, [client]);
  return choices;
}

/** A bookmarked name that is not on offer any more is still shown, so that it can be taken off. */
const plain = (names: readonly string[], chosen: string | null) =>
  [...new Set([...names, ...(chosen === null ? [] : [chosen])])].map((name) => ({ value: name, label: name }));

function SearchField({ value, onChange }: { readonly value: string; readonly onChange: (search: string) => void }) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    // The address changed by itself: back, or the filters were cleared.
    if (value !== sent.current) setTyped(value);
    sent.current = value;
  }, [value]);
  useEffect(() => {
    if (typed === sent.current) return undefined;
    const timer = setTimeout(() => {
      sent.current = typed;
      onChange(typed);
    }, SEARCH_PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  });
  return (
    <TextInput
      size="xs"
      type="search"
      className={classes.search ?? ''}
      aria-label="Search jobs by name or text"
      placeholder="Name, or words of the text"
      data-page-search
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        typed === '' ? null : <CloseButton size="xs" aria-label="Clear the search" onClick={() => setTyped('')} />
      }
      value={typed}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
    />
  );
}

export function JobsFilters({ criteria, onChange, onClear }: JobsFiltersProps) {
  const { models, backends } = useChoices();
  const [open, setOpen] = useState(false);
  const narrowed = isNarrowed(criteria);
  return (
    <div className={classes.filters}>
      <SearchField value={criteria.search} onChange={(search) => onChange({ search })} />
      <Button
        className={classes.filterToggle ?? ''}
        variant="default"
        size="xs"
        leftSection={<IconFilter size={14} aria-hidden />}
        aria-expanded={open}
        onClick={() => setOpen((current) => !current)}
      >
        Filters
      </Button>
      <div className={classes.filterFields} data-open={open || undefined}>
        <ChoiceField
          label="Filter by model"
          any="Any model"
          value={criteria.model}
          choices={plain(models, criteria.model)}
          onChange={(model) => onChange({ model })}
        />
        <ChoiceField
          label="Filter by engine"
          any="Any engine"
          value={criteria.backend}
          choices={plain(backends, criteria.backend)}
          onChange={(backend) => onChange({ backend })}
        />
        <ChoiceField
          label="Filter by language"
          any="Any language"
          value={criteria.language}
          choices={namedLanguages(['*'])}
          onChange={(language) => onChange({ language })}
        />
        <ChoiceField
          label="Filter by priority"
          any="Any priority"
          value={criteria.priority}
          choices={PRIORITIES.map((value) => ({ value, label: value[0] + value.slice(1).toLowerCase() }))}
          onChange={(priority) => onChange({ priority: priority as JobCriteria['priority'] })}
        />
        <ChoiceField
          label="Filter by age"
          any="Any time"
          value={criteria.age}
          choices={AGES.map((value) => ({ value, label: AGE_LABELS[value] }))}
          onChange={(age) => onChange({ age: age as JobAge | null })}
        />
        {narrowed ? (
          <Button variant="subtle" size="xs" px={8} onClick={onClear}>
            Clear
          </Button>
        ) : null}
      </div>
    </div>
  );
}
