import { listBackendReports, type Orm, type StoredBackendReport } from '@voice-transcriber/db';
import type { OptionRefusal } from './check-options.js';

/**
 * Whether a running worker offers the backend and the device that were asked for. Nothing is refused while no worker runs: nobody knows what the next one
 * offers, and its choice says what is wrong.
 */
export async function checkCandidate(
  orm: Orm,
  asked: { readonly backend: string | undefined; readonly device: string | undefined },
): Promise<OptionRefusal | undefined> {
  const { backend, device } = asked;
  if (backend === undefined && device === undefined) return undefined;
  const reports = (await listBackendReports(orm)).flatMap(({ backends }) => backends);
  if (reports.length === 0) return undefined;
  const named = reports.filter(({ name }) => backend === undefined || name === backend);
  if (named.length === 0) {
    return {
      field: 'backend',
      message: `There is no backend "${backend}". There are: ${listed(reports.map(({ name }) => name))}.`,
    };
  }
  const available = named.filter(({ status }) => status === 'available');
  const [first] = named;
  if (available.length === 0 && first !== undefined && backend !== undefined) {
    return {
      field: 'backend',
      message: `"${backend}" cannot be used here. ${first.reason ?? ''} ${first.fix ?? ''}`.trim(),
    };
  }
  const devices = available.flatMap((report) => report.devices);
  if (device === undefined || devices.some(({ id, kind }) => id === device || kind === device)) return undefined;
  const offered = available.flatMap((report) => describeDevices(report));
  return { field: 'device', message: `There is no device "${device}". There are: ${listed(offered)}.` };
}

function describeDevices({ name, devices }: StoredBackendReport): string[] {
  return devices.map(({ id }) => `${id} (${name})`);
}

function listed(names: readonly string[]): string {
  const unique = [...new Set(names)].sort();
  return unique.length === 0 ? 'none' : unique.join(', ');
}
