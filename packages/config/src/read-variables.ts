import type { z } from 'zod';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { definitions, type VariableName } from './variables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

type Value<Name extends VariableName> = z.output<(typeof definitions)[Name]['schema']>;

export interface ReadVariables {
  /** What a person has set. */
  explicit<Name extends VariableName>(name: Name): Value<Name> | undefined;
  withDefault<Name extends VariableName>(name: Name): Value<Name>;
}

/** Never shown, not even when they are wrong. */
const SECRET_VARIABLES = ['DATABASE_URL', 'VT_API_KEY', 'S3_SECRET_ACCESS_KEY', 'METRICS_TOKEN'];

/** Checks all variables before any is used, so that all problems are told at once. Throws ConfigError. */
export function readVariables(environment: Environment): ReadVariables {
  const values = new Map<string, unknown>();
  const problems: ConfigProblem[] = [];
  for (const [name, { schema, accepts }] of Object.entries(definitions)) {
    const text = environment[name]?.trim();
    if (!text) continue;
    const result = schema.safeParse(text);
    if (result.success) values.set(name, result.data);
    else problems.push({ variable: name, value: SECRET_VARIABLES.includes(name) ? undefined : text, accepts });
  }
  if (problems.length > 0) throw new ConfigError(problems);

  return {
    explicit: <Name extends VariableName>(name: Name) => values.get(name) as Value<Name> | undefined,
    withDefault: <Name extends VariableName>(name: Name): Value<Name> =>
      (values.get(name) ?? definitions[name].schema.parse(definitions[name].default)) as Value<Name>,
  };
}
