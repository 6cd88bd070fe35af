import { titleOf, type Finding, type Level } from '@voice-transcriber/doctor';
import { Command, InvalidArgumentError } from 'commander';
import { CliError } from '../cli-error.js';
import { examine, type Examination } from '../doctor/examine.js';
import { createStatusLine } from '../terminal/status-line.js';
import { paint } from '../terminal/style.js';

const SECONDS_DEFAULT = 60;
const SECONDS_MAX = 3600;

const HELP = `
Every line is one check: ✓ fine, ! works but could be better, ✗ does not work. The line below says what to do. Then come the settings that fit this
machine, from what was measured: every engine transcribes a bundled clip with every installed model, as far as the time goes. With a database in reach
the figures are kept, and the System page of the console recommends from them too.

Examples:
  $ vt doctor
  $ vt doctor --quick
  $ vt doctor --models base-q8_0,small-q5_1 --seconds 180
  $ vt doctor --json

Exit codes:
  0  nothing is broken
  1  at least one ✗
`;

interface DoctorOptions {
  readonly json?: true;
  readonly quick?: true;
  readonly seconds: number;
  readonly models?: string;
}

export function createDoctorCommand(): Command {
  return new Command('doctor')
    .description('check this installation, say what to do about what is wrong, and recommend settings')
    .option('--json', 'print findings, measurements and recommendations as JSON')
    .option('--quick', 'transcribe, upload and write nothing: only look')
    .option('--seconds <n>', 'time for the trials of all engines', parseSeconds, SECONDS_DEFAULT)
    .option('--models <names>', 'models to try, with commas; the first counts as the default one')
    .addHelpText('after', HELP)
    .action(async ({ json, quick, seconds, models }: DoctorOptions) => {
      const status = createStatusLine(process.stderr);
      const examination = await examine({
        measures: quick !== true,
        secondsMax: seconds,
        models: models?.split(',').map((name) => name.trim()),
        onStep: (what) => status.show(`${what} …`, what),
      }).finally(() => status.clear());
      if (json) console.log(JSON.stringify(examination, undefined, 2));
      else show(examination);
      const broken = examination.findings.filter(({ level }) => level === 'problem').length;
      if (broken > 0) throw new CliError(`${broken} of ${examination.findings.length} checks failed.`);
    });
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= SECONDS_MAX) return seconds;
  throw new InvalidArgumentError(`A number from 1 to ${SECONDS_MAX} is accepted.`);
}

const MARKS: Record<Level, string> = {
  ok: paint('green', '✓'),
  warning: paint('yellow', '!'),
  problem: paint('red', '✗'),
};

function show({ findings, recommendations }: Examination): void {
  findings.forEach(showFinding);
  console.log(`\n${paint('bold', 'Recommended for this machine')}`);
  if (recommendations.length === 0) {
    console.log('  Nothing was measured: run "vt doctor" without --quick.');
    return;
  }
  for (const { model, backend, device, concurrentJobs, threads, isBest, reason } of recommendations) {
    const mark = isBest ? paint('green', '★') : '·';
    const settings = `DEFAULT_MODEL=${model} MAX_CONCURRENT_JOBS=${concurrentJobs} INFERENCE_THREADS=${threads}`;
    console.log(`${mark} ${paint('bold', settings)}, on ${backend}, ${device}`);
    console.log(`    ${reason}`);
  }
}

function showFinding(finding: Finding): void {
  const { level, measured, fix } = finding;
  console.log(`${MARKS[level]} ${paint('bold', titleOf(finding))}: ${measured}`);
  if (fix !== undefined) console.log(`    → ${fix}`);
}
