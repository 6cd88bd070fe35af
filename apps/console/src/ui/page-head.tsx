import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './page-head.module.css';

interface PageHeadProps {
  readonly title: string;
  /** One line under the title: the state of things in figures. */
  readonly note?: ReactNode;
  /** What can be done here. */
  readonly children?: ReactNode;
}

export function PageHead({ title, note, children }: PageHeadProps) {
  return (
    <div className={classes.head}>
      <div className={classes.title}>
        <Title order={1} size="h3">
          {title}
        </Title>
        {note === undefined ? null : <div className={`${classes.note} numeric`}>{note}</div>}
      </div>
      {children === undefined ? null : <div className={classes.actions}>{children}</div>}
    </div>
  );
}
