/**
 * The environment for a process that is started: this one's, with some variables replaced. A variable set to undefined is
 * left out. Programs of ours read their configuration from it; others need PATH and HOME at least.
 */
export function childEnvironment(changes: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete environment[name];
    else environment[name] = value;
  }
  return environment;
}
