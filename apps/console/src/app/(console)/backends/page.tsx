import type { Metadata } from 'next';
import { BackendsView } from '../../../backends/backends-view';

export const metadata: Metadata = { title: 'Backends' };

export default function Page() {
  return <BackendsView />;
}
