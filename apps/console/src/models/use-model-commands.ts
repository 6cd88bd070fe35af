'use client';

import { notifications } from '@mantine/notifications';
import { useMemo } from 'react';
import { useCommand } from '../api/use-command';
import { formatSpan } from '../ui/format';
import {
  CancelModelPullDocument,
  DeleteModelDocument,
  PullModelDocument,
  UnloadModelDocument,
  VerifyModelDocument,
} from './model-documents';

export interface ModelCommands {
  readonly pull: (name: string) => Promise<void>;
  readonly cancelPull: (id: string) => Promise<void>;
  readonly verify: (name: string) => Promise<void>;
  readonly unload: (name: string) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
}

/** `onChanged` is called after each command that was carried out. */
export function useModelCommands(onChanged: () => void): ModelCommands {
  const run = useCommand();
  return useMemo(() => {
    const tell = (title: string, message: string, color = 'accent') => notifications.show({ title, message, color });
    return {
      async pull(name) {
        const done = await run('Not pulled', PullModelDocument, { name });
        if (done !== undefined) onChanged();
      },
      async cancelPull(id) {
        const done = await run('Not cancelled', CancelModelPullDocument, { id });
        if (done !== undefined) onChanged();
      },
      async verify(name) {
        const done = await run('Not verified', VerifyModelDocument, { name });
        if (done === undefined) return;
        const took = `Read in ${formatSpan(done.seconds)}.`;
        if (!done.intact)
          tell(`${name} is damaged`, 'Its checksum is another. Delete it, then pull or import it again.', 'red');
        else if (done.official) tell(`${name} is intact`, `Byte for byte the published file. ${took}`);
        else tell(`${name} is intact`, `It is as it was imported; nothing is published to compare it with. ${took}`);
      },
      async unload(name) {
        const done = await run('Not unloaded', UnloadModelDocument, { name });
        if (done === undefined) return;
        tell(`${name} leaves the memory`, 'All workers were asked. Its next job loads it again.');
        onChanged();
      },
      async remove(name) {
        const done = await run('Not deleted', DeleteModelDocument, { name });
        if (done !== undefined) onChanged();
      },
    };
  }, [run, onChanged]);
}
