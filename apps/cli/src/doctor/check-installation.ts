import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment, type Config, CONFIG_VARIABLES, ConfigError, parseConfig } from '@voice-transcriber/config';
import { bytesText, type Finding, ok, problem } from '@voice-transcriber/doctor';
import { EMBEDDED_MODELS_DIRECTORY, type ModelStore } from '@voice-transcriber/inference';
import { appProgram } from '../repository.js';

const NODE_MINIMUM = [20, 19] as const;

export function checkNode(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1]);
  if (isEnough) return ok('node', `version ${version}`);
  return problem('node', `version ${version} is too old`, `Install Node.js ${NODE_MINIMUM.join('.')} or newer.`);
}

/** The configuration, without the variables whose values are not accepted: the other checks go on with their defaults. */
export function checkConfiguration(): { config: Config; environment: NodeJS.ProcessEnv; findings: Finding[] } {
  const environment = childEnvironment();
  const set = CONFIG_VARIABLES.filter(({ name }) => environment[name]).map(({ name }) => name);
  try {
    const config = parseConfig(environment);
    const measured = set.length > 0 ? `set: ${set.join(', ')}` : 'all defaults';
    return { config, environment, findings: [ok('configuration', measured)] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.problems.map(({ variable, value, accepts }) =>
      problem(
        'configuration',
        `${variable}${value === undefined ? '' : `=${value}`} is not accepted`,
        `Set ${variable} to ${accepts}.`,
      ),
    );
    const without = Object.fromEntries(error.problems.map(({ variable }) => [variable, undefined]));
    const accepted = childEnvironment(without);
    return { config: parseConfig(accepted), environment: accepted, findings };
  }
}

/** Every installed model, read whole and compared with its checksum, and the one that finds speech. */
export async function checkModels({ inference }: Config, store: ModelStore): Promise<Finding[]> {
  const { modelsDirectory, defaultModel } = inference;
  const findings: Finding[] = [];
  const installed = await store.list();
  for (const { manifest, path } of installed) {
    const subject = { subject: manifest.name };
    const isDefault = manifest.name === defaultModel ? ', the default' : '';
    try {
      await store.require(manifest.name);
      findings.push(ok('model', `${bytesText(manifest.fileBytes)}, checksum right${isDefault}`, subject));
    } catch (error) {
      const fix = `Remove ${path} and install the model again (vt models pull ${manifest.name}).`;
      findings.push(problem('model', (error as Error).message, fix, subject));
    }
  }
  if (!installed.some(({ manifest }) => manifest.name === defaultModel)) {
    const names = installed.map(({ manifest }) => manifest.name).join(', ') || 'none';
    const fix = `Put ggml-${defaultModel}.bin into ${modelsDirectory}, or set DEFAULT_MODEL to an installed one.`;
    const measured = `DEFAULT_MODEL is not installed (installed: ${names})`;
    findings.push(problem('model', measured, fix, { subject: defaultModel }));
  }
  return [...findings, await checkVoiceActivityModel()];
}

async function checkVoiceActivityModel(): Promise<Finding> {
  const subject = { subject: 'for voice activity' };
  const restore = 'Restore the models folder: "git checkout -- models".';
  const text = await readFile(join(EMBEDDED_MODELS_DIRECTORY, 'manifest.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return problem('model', 'models/manifest.json is missing', restore, subject);
  const { voiceActivity } = JSON.parse(text) as { voiceActivity: { name: string; file: string; sha256: string } };
  const path = join(EMBEDDED_MODELS_DIRECTORY, voiceActivity.file);
  if (!existsSync(path)) return problem('model', `${path} is missing`, restore, subject);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  if (hash.digest('hex') !== voiceActivity.sha256) return problem('model', 'its checksum is wrong', restore, subject);
  return ok('model', `${voiceActivity.name}, checksum right`, subject);
}

export function checkBuild(): Finding {
  const missing = [appProgram('api', 'main.js'), appProgram('worker', 'main.js')].filter((path) => !existsSync(path));
  if (missing.length === 0) return ok('build', 'API and worker are built');
  return problem('build', `${missing.join(', ')} is missing`, 'Run "npm run build".');
}
