import type { Config } from '@voice-transcriber/config';
import getPort, { portNumbers } from 'get-port';
import { CliError } from '../cli-error.js';

const PORTS_TRIED = 100;

export interface ChosenPorts {
  api: number;
  console: number;
  /** What to tell when a usual port was taken. */
  notes: string[];
}

interface Wish {
  name: string;
  variable: string;
  host: string;
  port: number;
  portIsExplicit: boolean;
}

/** The usual ports, or the next free ones. A port that a person chose is kept: when it is taken that is an error. */
export async function choosePorts(config: Config): Promise<ChosenPorts> {
  const notes: string[] = [];
  const api = await choosePort({ name: 'API', variable: 'API_PORT', ...config.api }, notes);
  const consolePort = await choosePort({ name: 'console', variable: 'CONSOLE_PORT', ...config.console }, notes);
  return { api, console: consolePort, notes };
}

async function choosePort({ name, variable, host, port, portIsExplicit }: Wish, notes: string[]): Promise<number> {
  if (port === 0) return await getPort({ host });
  const found = await getPort({ host, port: portNumbers(port, Math.min(port + PORTS_TRIED, 65_535)) });
  if (found === port) return port;
  if (portIsExplicit) {
    throw new CliError(
      `Port ${String(port)} on ${host} is taken, but ${variable} asks for it. Stop the program that uses it, or set ${variable} to another port.`,
    );
  }
  notes.push(`Port ${String(port)} is taken: the ${name} uses ${String(found)}. Set ${variable} to choose one.`);
  return found;
}
