import { Command } from 'commander';
import { CliError } from '../cli-error.js';
import {
  checkAudioTools,
  checkBackends,
  checkBuild,
  checkConfiguration,
  checkModels,
  checkNode,
} from '../doctor/check-installation.js';
import { checkDisk, checkMachine } from '../doctor/check-machine.js';
import { checkDatabase, checkServer } from '../doctor/check-services.js';
import type { Finding, FindingStatus } from '../doctor/finding.js';
import { paint } from '../terminal/style.js';

const HELP = `
Every line is one check: ✓ fine, ! works but could be better, ✗ does not work. The line below says what to do.

Examples:
  $ vt doctor
  $ vt doctor --json

Exit codes:
  0  nothing is broken
  1  at least one ✗
`;

export function createDoctorCommand(): Command {
  return new Command('doctor')
    .description('check this installation and say what to do about what is wrong')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', HELP)
    .action(async ({ json }: { json?: true }) => {
      const findings = await examine();
      if (json) console.log(JSON.stringify(findings, undefined, 2));
      else findings.forEach(show);
      const broken = findings.filter(({ status }) => status === 'failed').length;
      if (broken > 0) throw new CliError(`${String(broken)} of ${String(findings.length)} checks failed.`);
    });
}

async function examine(): Promise<Finding[]> {
  const { config, environment, findings: configuration } = checkConfiguration();
  const groups = await Promise.all([
    checkAudioTools(config),
    checkBackends(environment),
    checkModels(config),
    checkDisk(config),
    checkMachine(config),
    checkDatabase(config),
    checkServer(config),
  ]);
  return [checkNode(), ...configuration, checkBuild(), ...groups.flat()];
}

const MARKS: Record<FindingStatus, string> = {
  ok: paint('green', '✓'),
  warning: paint('yellow', '!'),
  failed: paint('red', '✗'),
};

function show({ check, status, detail, fix }: Finding): void {
  console.log(`${MARKS[status]} ${paint('bold', check)}: ${detail}`);
  if (fix !== undefined) console.log(`    → ${fix}`);
}
