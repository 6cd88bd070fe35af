import { Button, type ButtonProps } from '@mantine/core';
import { useApiUrl } from '../api/api-context';

interface DownloadLinkProps extends Pick<ButtonProps, 'size' | 'px'> {
  /** The format, as people call it. */
  readonly label: string;
  readonly path: string;
}

/** Downloads come straight from the API, which names the file. */
export function DownloadLink({ label, path, ...look }: DownloadLinkProps) {
  const apiUrl = useApiUrl();
  return (
    <Button component="a" href={apiUrl + path} download variant="default" aria-label={`Download as ${label}`} {...look}>
      {label}
    </Button>
  );
}
