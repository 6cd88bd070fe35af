import { useOs } from '@mantine/hooks';

/** As it is written on the keyboards of this system: ⌘ on Apple's, elsewhere Ctrl and a space. */
export function useCommandKey(): string {
  const system = useOs();
  return system === 'macos' || system === 'ios' ? '⌘' : 'Ctrl ';
}
