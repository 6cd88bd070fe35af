import {
  RESULT_STATES,
  summarizeResult,
  type Distribution,
  type RateSummary,
  type ResultSummary,
} from '@voice-transcriber/benchmark';
import type { BenchmarkResultRow } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { Problem } from './problem.js';

const BenchmarkResultStateEnum = builder.enumType('BenchmarkResultState', { values: enumValues(RESULT_STATES) });

const BenchmarkDurations = builder.objectRef<Distribution>('BenchmarkDurations').implement({
  description: 'Seconds for the whole audio set, over the iterations.',
  fields: (t) => ({
    average: t.exposeFloat('average'),
    maximum: t.exposeFloat('maximum'),
    minimum: t.exposeFloat('minimum'),
    p50: t.exposeFloat('p50'),
    p95: t.exposeFloat('p95'),
    standardDeviation: t.exposeFloat('standardDeviation'),
  }),
});

const BenchmarkErrorRate = builder.objectRef<RateSummary>('BenchmarkErrorRate').implement({
  description: 'Errors over the length of the references, and the bounds of its 95 % interval.',
  fields: (t) => ({
    errors: t.exposeInt('errors'),
    high: t.float({ nullable: true, resolve: ({ interval }) => interval?.high }),
    length: t.exposeInt('length'),
    low: t.float({ nullable: true, resolve: ({ interval }) => interval?.low }),
    rate: t.float({ nullable: true, resolve: ({ rate }) => (Number.isFinite(rate) ? rate : null) }),
  }),
});

const BenchmarkSummary = builder.objectRef<ResultSummary>('BenchmarkSummary').implement({
  description: 'What the raw figures of a combination come to.',
  fields: (t) => ({
    characterErrors: t.expose('characterErrors', { type: BenchmarkErrorRate, nullable: true }),
    cpuPercent: t.exposeFloat('cpuPercent'),
    cpuSeconds: t.exposeFloat('cpuSeconds'),
    duration: t.expose('duration', { type: BenchmarkDurations }),
    firstWindowSeconds: t.exposeFloat('firstWindowSeconds'),
    memoryBytesAverage: t.field({
      type: 'SafeInt',
      resolve: ({ memoryBytesAverage }) => Math.round(memoryBytesAverage),
    }),
    memoryBytesPeak: t.expose('memoryBytesPeak', { type: 'SafeInt' }),
    otherCores: t.exposeFloat('otherCores'),
    realTimeFactor: t.exposeFloat('realTimeFactor'),
    speed: t.exposeFloat('speed'),
    treeMemoryBytesPeak: t.expose('treeMemoryBytesPeak', { type: 'SafeInt' }),
    wordErrors: t.expose('wordErrors', { type: BenchmarkErrorRate, nullable: true }),
  }),
});

const BenchmarkIteration = builder.objectRef<BenchmarkResultRow['iterations'][number]>('BenchmarkIteration').implement({
  fields: (t) => ({
    cpuSeconds: t.exposeFloat('cpuSeconds'),
    durationSeconds: t.exposeFloat('durationSeconds'),
    firstWindowSeconds: t.exposeFloat('firstWindowSeconds'),
    memoryBytesPeak: t.expose('memoryBytesPeak', { type: 'SafeInt' }),
    otherCpuSeconds: t.exposeFloat('otherCpuSeconds'),
  }),
});

const BenchmarkClipText = builder.objectRef<BenchmarkResultRow['clips'][number]>('BenchmarkClipText').implement({
  fields: (t) => ({
    characterErrors: t.int({ nullable: true, resolve: ({ characters }) => characters?.errors }),
    language: t.exposeString('language', { nullable: true }),
    name: t.exposeString('name'),
    text: t.exposeString('text'),
    wordErrors: t.int({ nullable: true, resolve: ({ words }) => words?.errors }),
    words: t.int({ nullable: true, resolve: ({ words }) => words?.length }),
  }),
});

type ProfiledFunction = NonNullable<BenchmarkResultRow['profile']>[number];

const BenchmarkProfiledFunction = builder.objectRef<ProfiledFunction>('BenchmarkProfiledFunction').implement({
  fields: (t) => ({
    name: t.exposeString('name'),
    place: t.exposeString('place'),
    process: t.exposeString('process'),
    selfSeconds: t.exposeFloat('selfSeconds'),
    totalSeconds: t.exposeFloat('totalSeconds'),
  }),
});

export const BenchmarkResult = builder.objectRef<BenchmarkResultRow>('BenchmarkResult').implement({
  description: 'One combination of the matrix.',
  fields: (t) => ({
    audioSeconds: t.exposeFloat('audioSeconds'),
    backend: t.exposeString('backend'),
    batch: t.exposeInt('batch', { nullable: true }),
    clips: t.field({ type: [BenchmarkClipText], resolve: ({ clips }) => [...clips] }),
    device: t.exposeString('device'),
    error: t.expose('error', { type: Problem, nullable: true }),
    iterations: t.field({ type: [BenchmarkIteration], resolve: ({ iterations }) => [...iterations] }),
    loadSeconds: t.exposeFloat('loadSeconds', { nullable: true }),
    model: t.exposeString('model'),
    profile: t.field({ type: [BenchmarkProfiledFunction], resolve: ({ profile }) => [...(profile ?? [])] }),
    skippedClips: t.stringList({ resolve: ({ skippedClips }) => [...skippedClips] }),
    stable: t.exposeBoolean('stable', { nullable: true }),
    state: t.expose('state', { type: BenchmarkResultStateEnum }),
    summary: t.field({ type: BenchmarkSummary, nullable: true, resolve: (row) => summarizeResult(row) }),
    threads: t.exposeInt('threads'),
    unsteadyClips: t.stringList({ resolve: ({ unsteadyClips }) => [...unsteadyClips] }),
  }),
});
