'use client';

import { Kbd, Modal } from '@mantine/core';
import { Fragment } from 'react';
import { useSession } from '../api/session-context';
import { useCommandKey } from '../ui/use-command-key';
import classes from './shortcuts-help.module.css';
import { pagesFor } from './pages';

/** Stands for the key that goes with letters here: ⌘ or Ctrl. */
const COMMAND = 'command';

const EVERYWHERE: readonly (readonly [keys: readonly string[], does: string])[] = [
  [[COMMAND, 'K'], 'Find or do'],
  [['/'], 'Search this page'],
  [['?'], 'This sheet'],
  [['Esc'], 'Close what is open'],
];

const TRANSCRIPT: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['Space'], 'Play or pause'],
  [['←', '→'], 'Back and forward'],
  [['E'], 'Edit the line'],
  [[COMMAND, 'Z'], 'Undo the last edit'],
  [[COMMAND, 'F'], 'Find in the transcript'],
];

function Keys({ title, rows }: { title: string; rows: readonly (readonly [keys: readonly string[], does: string])[] }) {
  const commandKey = useCommandKey().trim();
  return (
    <section>
      <h3 className={classes.title}>{title}</h3>
      <dl className={classes.rows}>
        {rows.map(([keys, does]) => (
          <Fragment key={does}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key} size="sm">
                  {key === COMMAND ? commandKey : key}
                </Kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}

export function ShortcutsHelp({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { viewer } = useSession();
  const pages = pagesFor(viewer.scope).flatMap((group) => group.pages);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keyboard shortcuts"
      size="lg"
      centered
      portalProps={{ target: '#content' }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={classes.columns}>
        <Keys title="Go to" rows={pages.map(({ key, label }) => [['G', key.toUpperCase()], label] as const)} />
        <div className={classes.column}>
          <Keys title="Everywhere" rows={EVERYWHERE} />
          <Keys title="Transcript" rows={TRANSCRIPT} />
        </div>
      </div>
    </Modal>
  );
}
