import type { Metadata } from 'next';
import { WorkersView } from '../../../workers/workers-view';

export const metadata: Metadata = { title: 'Workers' };

export default function Page() {
  return <WorkersView />;
}
