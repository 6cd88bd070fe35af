import type { Metadata } from 'next';
import { SystemView } from '../../../system/system-view';

export const metadata: Metadata = { title: 'System' };

export default function Page() {
  return <SystemView />;
}
