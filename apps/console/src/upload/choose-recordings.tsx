import { Button, FileButton, type ButtonProps } from '@mantine/core';
import { useRef, type ReactNode } from 'react';
import { useUploads } from './upload-context';

interface ChooseRecordingsProps extends Pick<ButtonProps, 'mt'> {
  readonly leftSection?: ReactNode;
}

/** The same file can be chosen twice in a row: the hidden field forgets what it held. */
export function ChooseRecordings(look: ChooseRecordingsProps) {
  const { add } = useUploads();
  const reset = useRef<() => void>(null);
  return (
    <FileButton
      multiple
      resetRef={reset}
      inputProps={{ 'aria-label': 'Recordings to transcribe', tabIndex: -1 }}
      onChange={(files) => {
        add(files);
        reset.current?.();
      }}
    >
      {(props) => (
        <Button {...props} {...look}>
          Choose files
        </Button>
      )}
    </FileButton>
  );
}
