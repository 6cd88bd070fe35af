import { Command } from 'commander';

export function createDoctorCommand(): Command {
  return new Command('doctor').description('check this installation');
}
