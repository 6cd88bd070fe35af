import { Skeleton, Stack } from '@mantine/core';

/** Stands where rows will be. */
export function LoadingRows({ label, count = 5 }: { readonly label: string; readonly count?: number }) {
  return (
    <Stack gap={10} p="md" role="status" aria-busy="true" aria-label={label}>
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} height={30} />
      ))}
    </Stack>
  );
}
