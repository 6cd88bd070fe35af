'use client';

import { ActionIcon, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconSearch } from '@tabler/icons-react';
import type { KeyboardEvent, RefObject } from 'react';
import classes from './find-bar.module.css';
import type { Find } from './use-find';

interface FindBarProps {
  readonly find: Find;
  readonly field: RefObject<HTMLInputElement | null>;
}

/** Enter goes to the next match, with Shift to the one before; Escape empties the field and gives the keys back to the page. */
export function FindBar({ find, field }: FindBarProps) {
  const { query, setQuery, count, current, step } = find;
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
    if (event.key !== 'Escape') return;
    setQuery('');
    event.currentTarget.blur();
  };
  return (
    <search className={classes.find}>
      <TextInput
        ref={field}
        size="xs"
        data-page-search
        aria-label="Find in this transcript"
        placeholder="Find"
        className={classes.findField}
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={
          <span className={`${classes.findCount} numeric`} role="status">
            {query.trim() === '' ? '' : count === 0 ? 'none' : `${current + 1} of ${count.toLocaleString('en')}`}
          </span>
        }
        rightSectionWidth={84}
        rightSectionProps={{ style: { justifyContent: 'flex-end' } }}
        value={query}
        onChange={({ currentTarget }) => setQuery(currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <ActionIcon
        variant="default"
        size={30}
        aria-label="Previous match"
        disabled={count === 0}
        onClick={() => step(-1)}
      >
        <IconChevronUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon variant="default" size={30} aria-label="Next match" disabled={count === 0} onClick={() => step(1)}>
        <IconChevronDown size={16} aria-hidden />
      </ActionIcon>
    </search>
  );
}
