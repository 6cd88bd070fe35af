import type { Metadata } from 'next';
import { BenchmarkView } from '../../../../benchmarks/benchmark-view';

export const metadata: Metadata = { title: 'Benchmark' };

export default async function Page({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  return <BenchmarkView id={decodeURIComponent(id)} />;
}
