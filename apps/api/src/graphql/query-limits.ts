import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type GraphQLError,
  Kind,
  parse,
  validate,
  visit,
  type DocumentNode,
  type ExecutionArgs,
  type ParseOptions,
  type Source,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requestError } from './request-error.js';
import { schema } from './schema.js';

export interface QueryLimits {
  /** Levels of fields; the console's deepest document has 7. */
  readonly depthMax: number;
  /** Fields, each multiplied by the sizes of the lists that it stands in. */
  readonly costMax: number;
  readonly aliasesMax: number;
  readonly tokensMax: number;
  /** Of the document alone: variables are limited by the size of the body. The lexer goes through a string letter by letter before it counts as one token. */
  readonly charactersMax: number;
  /** More mistakes than that are not looked for. */
  readonly mistakesMax: number;
}

export const QUERY_LIMITS: QueryLimits = {
  depthMax: 10,
  costMax: 5000,
  aliasesMax: 15,
  tokensMax: 1000,
  charactersMax: 50_000,
  mistakesMax: 10,
};

/**
 * Refuses documents that would cost too much, each limit as early as it can be told: tokens while parsing, aliases behind it, depth and cost
 * (which needs the variables) before execution. Introspection is cheap and always answered.
 */
export function useQueryLimits(limits: QueryLimits = QUERY_LIMITS): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string | Source, options?: ParseOptions) => {
        const document = parse(source, { ...options, maxTokens: limits.tokensMax });
        assertAliases(document, limits);
        return document;
      });
    },
    onValidate({ setValidationFn }) {
      setValidationFn((...[checked, document, rules, options]: Parameters<typeof validate>) =>
        validate(checked, document, rules, { ...options, maxErrors: limits.mistakesMax }),
      );
    },
    onExecute({ args, setResultAndStopExecution }) {
      const error = findExcess(args, limits);
      if (error !== undefined) setResultAndStopExecution({ errors: [error] });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const error = findExcess(args, limits);
      if (error !== undefined) setResultAndStopExecution({ errors: [error] });
    },
  };
}

/** Asked before anything else is done with a document: even looking a long one up in a cache goes through it letter by letter. */
export function describeExcessLength({ length }: string, { charactersMax } = QUERY_LIMITS): string | undefined {
  if (length <= charactersMax) return undefined;
  return `The document is ${length} characters long; ${charactersMax} are allowed. Put long values into variables.`;
}

function assertAliases(document: DocumentNode, { aliasesMax }: QueryLimits): void {
  let aliases = 0;
  visit(document, {
    Field({ alias }) {
      if (alias !== undefined) aliases += 1;
    },
  });
  if (aliases > aliasesMax) {
    throw requestError('limit-exceeded', `The document has ${aliases} aliases; ${aliasesMax} are allowed. Split it.`);
  }
}

function findExcess(
  args: Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>,
  limits: QueryLimits,
): GraphQLError | undefined {
  const { depth, complexity } = measure(args);
  if (depth > limits.depthMax) {
    return requestError('limit-exceeded', `The document is ${depth} levels deep; ${limits.depthMax} are allowed.`);
  }
  if (complexity > limits.costMax) {
    return requestError(
      'limit-exceeded',
      `The document would cost ${complexity} points; ${limits.costMax} are allowed. Ask for smaller pages or fewer fields.`,
    );
  }
  return undefined;
}

function measure({
  document,
  operationName,
  variableValues,
}: Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>): { depth: number; complexity: number } {
  const definitions = document.definitions.filter(
    (definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ||
      (definition.kind === Kind.OPERATION_DEFINITION &&
        (operationName === null || operationName === undefined || definition.name?.value === operationName)),
  );
  try {
    return complexityFromQuery({ ...document, definitions }, { schema, variables: { ...variableValues } });
  } catch {
    // An unknown operation name, variables of the wrong type: execution tells that better.
    return { depth: 0, complexity: 0 };
  }
}
