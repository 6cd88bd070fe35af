import type { Metadata } from 'next';
import { Suspense } from 'react';
import { TranscriptView } from '../../../../../transcript/transcript-view';

export const metadata: Metadata = { title: 'Transcript' };

export default async function TranscriptPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <Suspense>
      <TranscriptView key={id} id={decodeURIComponent(id)} />
    </Suspense>
  );
}
