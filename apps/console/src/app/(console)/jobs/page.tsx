import type { Metadata } from 'next';
import { Suspense } from 'react';
import { JobsView } from '../../../jobs/jobs-view';

export const metadata: Metadata = { title: 'Jobs' };

export default function JobsPage() {
  return (
    <Suspense>
      <JobsView />
    </Suspense>
  );
}
