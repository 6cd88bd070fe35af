import { expect, test } from 'vitest';
import { resolveApiUrl } from './api-address';

test('a loopback address follows the name in the address bar, so that the session cookie is sent', () => {
  expect(resolveApiUrl('http://localhost:5001', '127.0.0.1')).toBe('http://127.0.0.1:5001');
  expect(resolveApiUrl('http://127.0.0.1:5001/', 'localhost')).toBe('http://localhost:5001');
  expect(resolveApiUrl('http://localhost:5001', 'studio.lan')).toBe('http://studio.lan:5001');
});

test('an address that is no loopback name stays as configured', () => {
  expect(resolveApiUrl('https://api.example.org/voice/', 'console.example.org')).toBe('https://api.example.org/voice');
  expect(resolveApiUrl('https://api.example.org', undefined)).toBe('https://api.example.org');
});
