import {
  deletePreset,
  findPresets,
  insertPreset,
  listPresets,
  updatePreset,
  type PresetRow,
  type StoredPreset,
} from '@voice-transcriber/db';
import { checkOptions } from '../intake/check-options.js';
import { builder } from './builder.js';
import type { GraphqlContext } from './context.js';
import { decodeRowId, isRowId } from './global-id.js';
import { invalidInput, InvalidInputError, type InvalidInputFailure } from './invalid-input-error.js';
import { notFound, NotFoundError } from './not-found-error.js';
import { ChannelModeEnum, TranscriptionPriorityEnum, TranscriptionTaskEnum } from './transcription-enums.js';

const NAME_CHARACTERS_MAX = 100;

const TranscriptionPreset = builder.objectRef<PresetRow>('TranscriptionPreset');

builder.node(TranscriptionPreset, {
  description:
    'Options under a name, for createTranscription(input: { presetId }). What is null is left to the server.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids, { services }) => {
    const rows = await findPresets(services.db.orm, { ids: ids.filter(isRowId) });
    return ids.map((id) => rows.find((row) => row.id === id));
  },
  fields: (t) => ({
    backend: t.string({ nullable: true, resolve: ({ options }) => options.backend }),
    channelMode: t.field({ type: ChannelModeEnum, resolve: ({ options }) => options.channelMode }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    device: t.string({ nullable: true, resolve: ({ options }) => options.device }),
    language: t.string({ nullable: true, resolve: ({ options }) => options.language }),
    model: t.string({ nullable: true, resolve: ({ options }) => options.model }),
    name: t.exposeString('name'),
    priority: t.field({ type: TranscriptionPriorityEnum, resolve: ({ options }) => options.priority }),
    prompt: t.string({ nullable: true, resolve: ({ options }) => options.prompt }),
    task: t.field({ type: TranscriptionTaskEnum, resolve: ({ options }) => options.task }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    wordTimes: t.boolean({ resolve: ({ options }) => options.wordTimes }),
  }),
});

const PresetOptionsInput = builder.inputType('TranscriptionPresetOptions', {
  fields: (t) => ({
    backend: t.string(),
    channelMode: t.field({ type: ChannelModeEnum, defaultValue: 'mixed' }),
    device: t.string(),
    language: t.string(),
    model: t.string(),
    priority: t.field({ type: TranscriptionPriorityEnum, defaultValue: 'normal' }),
    prompt: t.string(),
    task: t.field({ type: TranscriptionTaskEnum, defaultValue: 'transcribe' }),
    wordTimes: t.boolean({ defaultValue: true }),
  }),
});
const CreatePresetInput = builder.inputType('CreatePresetInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    options: t.field({ type: PresetOptionsInput, required: true }),
  }),
});
const UpdatePresetInput = builder.inputType('UpdatePresetInput', {
  description: 'Replaces the name and all options.',
  fields: (t) => ({
    id: t.id({ required: true }),
    name: t.string({ required: true }),
    options: t.field({ type: PresetOptionsInput, required: true }),
  }),
});
const PresetIdInput = builder.inputType('PresetIdInput', { fields: (t) => ({ id: t.id({ required: true }) }) });

interface PresetResult {
  readonly __typename: 'PresetPayload';
  readonly preset: PresetRow;
}

const PresetPayload = builder.objectRef<PresetResult>('PresetPayload').implement({
  fields: (t) => ({ preset: t.expose('preset', { type: TranscriptionPreset }) }),
});
const CreatePresetResult = builder.unionType('CreatePresetResult', {
  types: [PresetPayload, InvalidInputError],
  resolveType: ({ __typename }) => __typename,
});
const UpdatePresetResult = builder.unionType('UpdatePresetResult', {
  types: [PresetPayload, InvalidInputError, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});

interface DeletePresetResultShape {
  readonly __typename: 'DeletePresetPayload';
  readonly deletedId: string;
}

const DeletePresetPayload = builder.objectRef<DeletePresetResultShape>('DeletePresetPayload').implement({
  fields: (t) => ({ deletedId: t.exposeID('deletedId') }),
});
const DeletePresetResult = builder.unionType('DeletePresetResult', {
  types: [DeletePresetPayload, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});

builder.queryField('presets', (t) =>
  t.field({
    type: [TranscriptionPreset],
    description: 'By name.',
    resolve: (_parent, _args, { services }) => listPresets(services.db.orm),
  }),
);

builder.mutationField('createPreset', (t) =>
  t.field({
    type: CreatePresetResult,
    authScopes: { write: true },
    args: { input: t.arg({ type: CreatePresetInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const asked = await readPreset(input, services);
      if ('__typename' in asked) return asked;
      const preset = await services.db.orm.transaction(async (transaction) => insertPreset(transaction, asked));
      return preset === undefined ? nameTaken(asked.name) : { __typename: 'PresetPayload' as const, preset };
    },
  }),
);

builder.mutationField('updatePreset', (t) =>
  t.field({
    type: UpdatePresetResult,
    authScopes: { write: true },
    args: { input: t.arg({ type: UpdatePresetInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'TranscriptionPreset');
      if (id === undefined) return notFound('preset');
      const asked = await readPreset(input, services);
      if ('__typename' in asked) return asked;
      const outcome = await services.db.orm.transaction(async (transaction) => {
        const preset = await updatePreset(transaction, { id, ...asked });
        return { ok: typeof preset === 'object', preset };
      });
      if (outcome.preset === 'taken') return nameTaken(asked.name);
      if (outcome.preset === undefined) return notFound('preset');
      return { __typename: 'PresetPayload' as const, preset: outcome.preset };
    },
  }),
);

builder.mutationField('deletePreset', (t) =>
  t.field({
    type: DeletePresetResult,
    authScopes: { write: true },
    args: { input: t.arg({ type: PresetIdInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'TranscriptionPreset');
      if (id === undefined) return notFound('preset');
      const deleted = await services.db.orm.transaction(async (transaction) => deletePreset(transaction, { id }));
      if (deleted === undefined) return notFound('preset');
      return { __typename: 'DeletePresetPayload' as const, deletedId: input.id };
    },
  }),
);

function nameTaken(name: string): InvalidInputFailure {
  return invalidInput('name', `There is a preset "${name}" already. Choose another name, or change that one.`);
}

/** Model, language and prompt are checked as in a request; backends come and go, so they are checked when the preset is used. */
async function readPreset(
  input: { readonly name: string; readonly options: typeof PresetOptionsInput.$inferInput },
  { modelStore, config }: GraphqlContext['services'],
): Promise<{ name: string; options: StoredPreset } | InvalidInputFailure> {
  const name = input.name.trim();
  if (name.length === 0 || name.length > NAME_CHARACTERS_MAX) {
    return invalidInput('name', `Name the preset with 1 to ${NAME_CHARACTERS_MAX} characters.`);
  }
  const { task, wordTimes, channelMode, priority, model, backend, device, language, prompt } = input.options;
  const options: StoredPreset = {
    task: task ?? 'transcribe',
    wordTimes: wordTimes ?? true,
    channelMode: channelMode ?? 'mixed',
    priority: priority ?? 'normal',
    ...(model && { model }),
    ...(backend && { backend }),
    ...(device && { device }),
    ...(language && { language }),
    ...(prompt && { prompt }),
  };
  const asked = {
    model: options.model,
    language: options.language,
    task: options.task,
    prompt: options.prompt,
    idempotencyKey: undefined,
  };
  const refusal = await checkOptions(asked, { modelStore, defaultModel: config.inference.defaultModel });
  return refusal === undefined ? { name, options } : invalidInput(`options.${refusal.field}`, refusal.message);
}
