import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import 'uplot/dist/uPlot.min.css';
import './global.css';

import { ColorSchemeScript, mantineHtmlProps } from '@mantine/core';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata } from 'next';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type { ReactNode } from 'react';
import { ApiProvider } from '../api/api-context';
import { readApiUrl } from '../server/api-url';
import { ThemeProvider } from '../ui/theme-provider';

export const metadata: Metadata = {
  title: { default: 'Voice Transcriber', template: '%s · Voice Transcriber' },
  robots: { index: false },
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const apiUrl = await readApiUrl();
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" />
      </head>
      <body>
        <ThemeProvider>
          <NuqsAdapter>
            <ApiProvider configuredUrl={apiUrl}>{children}</ApiProvider>
          </NuqsAdapter>
        </ThemeProvider>
      </body>
    </html>
  );
}
