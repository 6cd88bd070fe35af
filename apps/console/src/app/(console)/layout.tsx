import type { ReactNode } from 'react';
import { ConsoleStreamProvider } from '../../api/console-stream';
import { SessionProvider } from '../../api/session-context';
import { ConsoleShell } from '../../shell/console-shell';
import { SystemProvider } from '../../system/system-context';
import { UploadProvider } from '../../upload/upload-context';

export default function ConsoleLayout({ children }: { children: ReactNode }) {
  return (
    <SessionProvider>
      <ConsoleStreamProvider>
        <SystemProvider>
          <UploadProvider>
            <ConsoleShell>{children}</ConsoleShell>
          </UploadProvider>
        </SystemProvider>
      </ConsoleStreamProvider>
    </SessionProvider>
  );
}
