'use client';

import { MessagePage } from '../shell/message-page';

export default function ErrorPage({ error }: { error: Error & { digest?: string } }) {
  return (
    <MessagePage
      title="This page failed"
      text={`The console ran into a fault of its own: ${error.message || (error.digest ?? 'unknown')}. Your jobs are not affected.`}
      linkLabel="To the jobs"
      linkHref="/jobs"
    />
  );
}
