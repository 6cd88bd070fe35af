'use client';

import { notifications } from '@mantine/notifications';
import { IconKeyboard, IconLogout, IconMoon, IconPlayerPause, IconPlayerPlay, IconUpload } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useMemo, type ReactNode } from 'react';
import { useClient } from 'urql';
import { useApiUrl } from '../api/api-context';
import { PauseQueueDocument, ResumeQueueDocument } from '../api/commands';
import { describeError } from '../api/session-errors';
import { useSession } from '../api/session-context';
import { signOut } from '../api/sign-in';
import { useSystem } from '../system/system-context';
import { useUploads } from '../upload/upload-context';
import { allows } from './pages';

interface PaletteAction {
  readonly id: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly run: () => void;
}

interface Surroundings {
  readonly openShortcuts: () => void;
  readonly toggleColorScheme: () => void;
}

function chooseFiles(onFiles: (files: FileList) => void): void {
  const field = document.createElement('input');
  field.type = 'file';
  field.multiple = true;
  field.onchange = () => {
    if (field.files !== null) onFiles(field.files);
  };
  field.click();
}

/** What the palette can do beside going somewhere; only what this viewer is allowed. */
export function usePaletteActions({ openShortcuts, toggleColorScheme }: Surroundings): readonly PaletteAction[] {
  const client = useClient();
  const router = useRouter();
  const apiUrl = useApiUrl();
  const { scope } = useSession().viewer;
  // Counts change all the time; all that matters here is whether it is paused.
  const paused = useSystem().queue?.paused;
  const { add } = useUploads();

  return useMemo(() => {
    const switchQueue = async (pause: boolean) => {
      const mutation = pause
        ? client.mutation(PauseQueueDocument, { reason: null })
        : client.mutation(ResumeQueueDocument, {});
      const { error } = await mutation.toPromise();
      if (error !== undefined)
        notifications.show({ color: 'red', title: 'The queue was not changed', message: describeError(error) });
    };
    const leave = async () => {
      await signOut(apiUrl);
      router.replace('/sign-in');
    };

    const actions: PaletteAction[] = [];
    if (allows(scope, 'WRITE'))
      actions.push({
        id: 'choose-files',
        label: 'Transcribe files…',
        icon: <IconUpload size={18} stroke={1.6} aria-hidden />,
        run: () => chooseFiles(add),
      });
    if (allows(scope, 'ADMIN') && paused !== undefined)
      actions.push({
        id: 'switch-queue',
        label: paused ? 'Resume the queue' : 'Pause the queue',
        icon: paused ? (
          <IconPlayerPlay size={18} stroke={1.6} aria-hidden />
        ) : (
          <IconPlayerPause size={18} stroke={1.6} aria-hidden />
        ),
        run: () => void switchQueue(!paused),
      });
    actions.push(
      {
        id: 'colours',
        label: 'Switch between light and dark',
        icon: <IconMoon size={18} stroke={1.6} aria-hidden />,
        run: toggleColorScheme,
      },
      {
        id: 'shortcuts',
        label: 'Keyboard shortcuts',
        icon: <IconKeyboard size={18} stroke={1.6} aria-hidden />,
        run: openShortcuts,
      },
      {
        id: 'sign-out',
        label: 'Sign out',
        icon: <IconLogout size={18} stroke={1.6} aria-hidden />,
        run: () => void leave(),
      },
    );
    return actions;
  }, [client, router, apiUrl, scope, paused, add, openShortcuts, toggleColorScheme]);
}
