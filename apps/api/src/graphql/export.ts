import { EXPORT_FORMATS, exportExtension } from '@voice-transcriber/transcript';
import { exportFile, type ExportedFile } from '../intake/export-file.js';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { encodeGlobalId } from './global-id.js';
import { Transcription } from './transcription-ref.js';

const ExportFormatEnum = builder.enumType('ExportFormat', { values: enumValues(EXPORT_FORMATS) });

const Export = builder.objectRef<ExportedFile>('Export').implement({
  fields: (t) => ({
    body: t.exposeString('body'),
    contentType: t.exposeString('contentType'),
    filename: t.exposeString('filename'),
    format: t.expose('format', { type: ExportFormatEnum }),
  }),
});

builder.objectFields(Transcription, (t) => ({
  export: t.field({
    type: Export,
    nullable: true,
    args: { format: t.arg({ type: ExportFormatEnum, required: true }) },
    // Reads and writes out the whole transcript.
    complexity: 100,
    resolve: async (transcription, { format }, { services, loaders }) => {
      const media = await loaders.media.load(transcription.mediaId);
      return media && exportFile(services.db.orm, { transcription, media, format });
    },
  }),
  exportPath: t.string({
    args: { format: t.arg({ type: ExportFormatEnum, required: true }) },
    resolve: ({ id }, { format }) =>
      `/transcriptions/${encodeGlobalId('Transcription', id)}/export.${exportExtension(format)}`,
  }),
}));
