import type { Format } from './formats.js';

export interface Definition<Value> extends Format<Value> {
  readonly default: string;
  readonly effect: string;
}

export function variable<Value>(kind: Format<Value>, defaultText: string, effect: string): Definition<Value> {
  return { ...kind, default: defaultText, effect };
}
