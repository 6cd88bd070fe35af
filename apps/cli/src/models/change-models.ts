import type { Client, ModelVerification } from '@voice-transcriber/client';
import { CliError } from '../cli-error.js';
import { uploadText } from '../terminal/progress-text.js';
import { createStatusLine } from '../terminal/status-line.js';
import { formatBytes, formatSeconds, paint } from '../terminal/style.js';

interface Output {
  json: boolean;
}

export async function importModel(
  client: Client,
  file: string,
  { json, name }: Output & { name?: string | undefined },
): Promise<void> {
  const status = createStatusLine(process.stderr);
  try {
    const model = await client.models.import(file, name === undefined ? {} : { name }, {
      onUpload: (sent, total) => {
        status.show(uploadText(sent, total), 'uploading');
      },
    });
    status.clear();
    if (json) console.log(JSON.stringify(model, undefined, 2));
    else {
      const kind = model.official ? 'the official file' : `${model.size}, ${model.quantization}`;
      console.log(`${model.name} is installed (${formatBytes(model.fileBytes)}, ${kind}).`);
    }
  } finally {
    status.clear();
  }
}

/** One model or all that are installed. Throws CliError when one is damaged. */
export async function verifyModels(client: Client, name: string | undefined, { json }: Output): Promise<void> {
  const installed = (await client.models.list()).filter((model) => model.installed).map((model) => model.name);
  const results: (ModelVerification & { name: string })[] = [];
  for (const model of name === undefined ? installed : [name]) {
    const verification = await client.models.verify(model);
    results.push({ name: model, ...verification });
    if (json) continue;
    const { intact, official, seconds, fileBytes } = verification;
    const mark = intact ? paint('green', '✓') : paint('red', '✗');
    const verdict = intact ? (official ? 'the official file' : 'as it was imported') : 'damaged: delete it and get it again';
    console.log(`${mark} ${model}: ${verdict} (${formatBytes(fileBytes)} in ${formatSeconds(seconds)})`);
  }
  if (json) console.log(JSON.stringify(results, undefined, 2));
  const damaged = results.filter(({ intact }) => !intact).length;
  if (damaged > 0) throw new CliError(`${damaged} of ${results.length} models ${damaged === 1 ? 'is' : 'are'} damaged.`);
}

export async function deleteModel(client: Client, name: string, { json }: Output): Promise<void> {
  await client.models.delete(name);
  console.log(json ? JSON.stringify({ deleted: name }) : `${name} is deleted.`);
}

export async function unloadModel(client: Client, name: string, { json }: Output): Promise<void> {
  await client.models.unload(name);
  console.log(json ? JSON.stringify({ unloaded: name }) : `The workers drop ${name} from their memory.`);
}
