import type { ConsoleEvent as StreamedEvent } from '../live/console-mailbox.js';
import { builder } from './builder.js';
import { encodeGlobalId } from './global-id.js';
import { Model } from './model.js';
import { ModelPull } from './model-pull.js';
import { Queue } from './queue.js';
import { ResourceSample } from './resource-sample.js';
import { Transcription } from './transcription-ref.js';
import { Worker } from './worker.js';

type EventOf<Typename extends StreamedEvent['__typename']> = Extract<StreamedEvent, { __typename: Typename }>;

const ConsoleSnapshot = builder.objectRef<EventOf<'ConsoleSnapshot'>>('ConsoleSnapshot').implement({
  description:
    'One multiplexed stream for the console. A job that changed comes whole; the queue comes with it when its counts changed; resources once a second.',
  fields: (t) => ({
    queue: t.expose('queue', { type: Queue }),
    resources: t.field({ type: [ResourceSample], resolve: ({ resources }) => [...resources] }),
    workers: t.field({ type: [Worker], resolve: ({ workers }) => [...workers] }),
  }),
});

const TranscriptionChanged = builder.objectRef<EventOf<'TranscriptionChanged'>>('TranscriptionChanged').implement({
  fields: (t) => ({ transcription: t.expose('transcription', { type: Transcription }) }),
});

const TranscriptionDeleted = builder.objectRef<EventOf<'TranscriptionDeleted'>>('TranscriptionDeleted').implement({
  fields: (t) => ({
    id: t.id({ resolve: ({ transcriptionId }) => encodeGlobalId('Transcription', transcriptionId) }),
  }),
});

const QueueChanged = builder.objectRef<EventOf<'QueueChanged'>>('QueueChanged').implement({
  fields: (t) => ({ queue: t.expose('queue', { type: Queue }) }),
});

const WorkersChanged = builder.objectRef<EventOf<'WorkersChanged'>>('WorkersChanged').implement({
  fields: (t) => ({ workers: t.field({ type: [Worker], resolve: ({ workers }) => [...workers] }) }),
});

const ModelPullChanged = builder.objectRef<EventOf<'ModelPullChanged'>>('ModelPullChanged').implement({
  fields: (t) => ({ pull: t.expose('pull', { type: ModelPull }) }),
});

const ModelsChanged = builder.objectRef<EventOf<'ModelsChanged'>>('ModelsChanged').implement({
  description: 'A model was installed or deleted. What workers have loaded comes with the workers.',
  fields: (t) => ({
    models: t.field({
      type: [Model],
      complexity: { field: 1, multiplier: 40 },
      resolve: ({ models }) => [...models],
    }),
  }),
});

const ResourcesSampled = builder.objectRef<EventOf<'ResourcesSampled'>>('ResourcesSampled').implement({
  fields: (t) => ({ sample: t.expose('sample', { type: ResourceSample }) }),
});

const ConsoleEvent = builder.unionType('ConsoleEvent', {
  types: [
    ConsoleSnapshot,
    ModelPullChanged,
    ModelsChanged,
    QueueChanged,
    ResourcesSampled,
    TranscriptionChanged,
    TranscriptionDeleted,
    WorkersChanged,
  ],
  resolveType: ({ __typename }) => __typename,
});

builder.subscriptionField('consoleEvents', (t) =>
  t.field({
    type: ConsoleEvent,
    subscribe: (_parent, _args, { services, signal }) => services.consoleHub.subscribe(signal),
    resolve: (event) => event,
  }),
);
