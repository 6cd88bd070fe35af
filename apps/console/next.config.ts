import { resolve } from 'node:path';
import type { NextConfig } from 'next';

/**
 * A one-time sign-in link carries its token in the address: no page may leak its own address by a referrer, and none may be framed.
 */
const securityHeaders = [
  { key: 'Referrer-Policy', value: 'no-referrer' },
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
];

const config: NextConfig = {
  poweredByHeader: false,
  // For images: a server with just the modules that it needs. Without it, `next start` serves.
  ...(process.env['VT_CONSOLE_STANDALONE'] === '1' ? { output: 'standalone' as const } : {}),
  reactStrictMode: true,
  devIndicators: false,
  turbopack: { root: resolve(import.meta.dirname, '../..') },
  experimental: { optimizePackageImports: ['@mantine/core', '@mantine/hooks', '@tabler/icons-react'] },
  headers: () => Promise.resolve([{ source: '/:path*', headers: securityHeaders }]),
};

export default config;
