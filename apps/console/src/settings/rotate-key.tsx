'use client';

import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useCommand } from '../api/use-command';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { RotateApiKeyDocument } from './settings-documents';

interface RotateKeyProps {
  readonly apiKey: { readonly id: string; readonly name: string };
  readonly onRotated: (key: { readonly name: string; readonly secret: string }) => void;
}

/** Replaces a key by a new one; for a day both open, so that nothing stands still while the new one is put in place. */
export function RotateKey({ apiKey: { id, name }, onRotated }: RotateKeyProps) {
  const command = useCommand();
  const [asking, dialog] = useDisclosure(false);
  const rotate = async () => {
    const done = await command('Not replaced', RotateApiKeyDocument, { id });
    if (done !== undefined) onRotated({ name: done.apiKey.name, secret: done.secret });
  };
  return (
    <>
      <Button size="compact-xs" variant="default" aria-label={`Replace ${name}`} onClick={dialog.open}>
        Replace
      </Button>
      <ConfirmDialog
        title="Replace this key?"
        confirmLabel="Replace"
        keepLabel="Keep it"
        opened={asking}
        onClose={dialog.close}
        onConfirm={rotate}
      >
        A new key for <strong>{name}</strong> is made and shown once. The old one goes on for a day, then it is refused.
      </ConfirmDialog>
    </>
  );
}
