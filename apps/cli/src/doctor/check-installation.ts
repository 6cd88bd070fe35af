import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AudioError, findAudioTools } from '@voice-transcriber/audio';
import { childEnvironment, type Config, CONFIG_VARIABLES, ConfigError, parseConfig } from '@voice-transcriber/config';
import { type BackendReport, createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { appProgram } from '../repository.js';
import { formatBytes } from '../terminal/style.js';
import { failed, type Finding, ok, warning } from './finding.js';

const NODE_MINIMUM = [20, 19] as const;
const PROBE_MILLISECONDS = 90_000;

export function checkNode(): Finding {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const isEnough = major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1]);
  if (isEnough) return ok('Node.js', `version ${node}`);
  return failed('Node.js', `version ${node} is too old`, `Install Node.js ${NODE_MINIMUM.join('.')} or newer.`);
}

/** The configuration, without the variables whose values are not accepted: the other checks go on with their defaults. */
export function checkConfiguration(): { config: Config; environment: NodeJS.ProcessEnv; findings: Finding[] } {
  const environment = childEnvironment();
  const set = CONFIG_VARIABLES.filter(({ name }) => environment[name]).map(({ name }) => name);
  try {
    const config = parseConfig(environment);
    return {
      config,
      environment,
      findings: [ok('Configuration', set.length > 0 ? `set: ${set.join(', ')}` : 'all defaults')],
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.problems.map(({ variable, value, accepts }) =>
      failed(
        'Configuration',
        `${variable}${value === undefined ? '' : `=${value}`} is not accepted`,
        `Set ${variable} to ${accepts}.`,
      ),
    );
    const without = Object.fromEntries(error.problems.map(({ variable }) => [variable, undefined]));
    const accepted = childEnvironment(without);
    return { config: parseConfig(accepted), environment: accepted, findings };
  }
}

export async function checkAudioTools(config: Config): Promise<Finding> {
  try {
    const { version, source } = await findAudioTools(config.audio);
    const origin = { configured: 'configured', path: 'from PATH', packaged: 'packaged' }[source];
    return ok('ffmpeg', `${version.replace(/ Copyright.*/, '')} (${origin})`);
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    return failed('ffmpeg', 'ffmpeg or ffprobe does not run', error.message);
  }
}

/** Every speech engine tries itself in a process of its own. */
export async function checkBackends(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  let reports: BackendReport[];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [appProgram('worker', 'probe.js')], {
      timeout: PROBE_MILLISECONDS,
      env: environment,
    });
    reports = JSON.parse(stdout) as BackendReport[];
  } catch (error) {
    return [
      failed(
        'Speech engines',
        `they could not be asked: ${(error as Error).message}`,
        'Run "npm start", which builds what is missing.',
      ),
    ];
  }
  return reports.map(({ name, status, version, devices, facts, reason, fix }) => {
    const check = `Engine ${name}`;
    if (status === 'unavailable') return failed(check, reason ?? 'unavailable', fix ?? 'Run "npm run build:native".');
    const places = devices.map((device) => device.name).join(', ');
    const details = Object.entries(facts).map(([fact, value]) => `${fact}: ${value}`);
    return ok(check, [version, places, ...details].filter(Boolean).join('; '));
  });
}

export async function checkModels(config: Config): Promise<Finding[]> {
  const { modelsDirectory, defaultModel } = config.inference;
  const store = createModelStore({ directories: [modelsDirectory, EMBEDDED_MODELS_DIRECTORY] });
  const findings: Finding[] = [];
  const installed = await store.list();
  for (const { manifest, path } of installed) {
    const isDefault = manifest.name === defaultModel ? ', the default' : '';
    try {
      await store.require(manifest.name);
      findings.push(ok(`Model ${manifest.name}`, `${formatBytes(manifest.fileBytes)}, checksum right${isDefault}`));
    } catch (error) {
      findings.push(
        failed(`Model ${manifest.name}`, (error as Error).message, `Replace ${path} by the official file.`),
      );
    }
  }
  if (!installed.some(({ manifest }) => manifest.name === defaultModel)) {
    const names = installed.map(({ manifest }) => manifest.name).join(', ') || 'none';
    const fix = `Put ggml-${defaultModel}.bin into ${modelsDirectory}, or set DEFAULT_MODEL to an installed one.`;
    findings.push(failed(`Model ${defaultModel}`, `DEFAULT_MODEL is not installed (installed: ${names})`, fix));
  }
  return [...findings, await checkVoiceActivityModel()];
}

async function checkVoiceActivityModel(): Promise<Finding> {
  const check = 'Voice activity model';
  const restore = 'Restore the models folder: "git checkout -- models".';
  const text = await readFile(join(EMBEDDED_MODELS_DIRECTORY, 'manifest.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return failed(check, 'models/manifest.json is missing', restore);
  const { voiceActivity } = JSON.parse(text) as { voiceActivity: { name: string; file: string; sha256: string } };
  const path = join(EMBEDDED_MODELS_DIRECTORY, voiceActivity.file);
  if (!existsSync(path)) return failed(check, `${path} is missing`, restore);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  if (hash.digest('hex') !== voiceActivity.sha256) return failed(check, 'its checksum is wrong', restore);
  return ok(check, `${voiceActivity.name}, checksum right`);
}

export function checkBuild(): Finding {
  const missing = [appProgram('api', 'main.js'), appProgram('worker', 'main.js')].filter((path) => !existsSync(path));
  if (missing.length === 0) return ok('Build', 'API and worker are built');
  return warning('Build', `${missing.join(', ')} is missing`, 'Run "npm run build".');
}
