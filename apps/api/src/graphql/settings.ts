import { readRetention, writeRetention, type Retention } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { invalidInput, InvalidInputError } from './invalid-input-error.js';

const DAYS_MAX = 36_500;

const Settings = builder.objectRef<Retention>('Settings').implement({
  description:
    'What administrators set while the server runs. Days count from the end of a transcription; null keeps for ever.',
  fields: (t) => ({
    keepMediaDays: t.exposeInt('keepMediaDays', {
      nullable: true,
      description: 'Then the recording is deleted, if no younger transcription uses it; the transcript stays.',
    }),
    keepTranscriptsDays: t.exposeInt('keepTranscriptsDays', {
      nullable: true,
      description: 'Then the transcription is deleted with everything that belongs to it.',
    }),
  }),
});

const UpdateSettingsInput = builder.inputType('UpdateSettingsInput', {
  description: 'What is left out stays as it is; null keeps for ever.',
  fields: (t) => ({ keepMediaDays: t.int(), keepTranscriptsDays: t.int() }),
});

interface SettingsResult {
  readonly __typename: 'SettingsPayload';
  readonly settings: Retention;
}

const SettingsPayload = builder.objectRef<SettingsResult>('SettingsPayload').implement({
  fields: (t) => ({ settings: t.expose('settings', { type: Settings }) }),
});
const UpdateSettingsResult = builder.unionType('UpdateSettingsResult', {
  types: [SettingsPayload, InvalidInputError],
  resolveType: ({ __typename }) => __typename,
});

builder.queryField('settings', (t) =>
  t.field({ type: Settings, resolve: (_parent, _args, { services }) => readRetention(services.db.orm) }),
);

builder.mutationField('updateSettings', (t) =>
  t.field({
    type: UpdateSettingsResult,
    authScopes: { admin: true },
    args: { input: t.arg({ type: UpdateSettingsInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      for (const [field, days] of Object.entries(input)) {
        if (days !== null && days !== undefined && (days < 1 || days > DAYS_MAX)) {
          return invalidInput(field, `Keep for 1 to ${DAYS_MAX} days, or send null to keep for ever.`);
        }
      }
      const settings = await services.db.orm.transaction(async (transaction) => {
        const before = await readRetention(transaction);
        const after: Retention = {
          keepMediaDays: input.keepMediaDays === undefined ? before.keepMediaDays : input.keepMediaDays,
          keepTranscriptsDays:
            input.keepTranscriptsDays === undefined ? before.keepTranscriptsDays : input.keepTranscriptsDays,
        };
        await writeRetention(transaction, after);
        return after;
      });
      return { __typename: 'SettingsPayload' as const, settings };
    },
  }),
);
