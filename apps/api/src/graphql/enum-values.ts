type EnumValues<Value extends string> = {
  readonly [Name in Uppercase<Value>]: { readonly value: Lowercase<Name> & Value };
};

/** GraphQL's upper-case names for our lower-case values: `completed` becomes `COMPLETED`. */
export function enumValues<const Value extends Lowercase<string>>(values: readonly Value[]): EnumValues<Value> {
  return Object.fromEntries(values.map((value) => [value.toUpperCase(), { value }])) as unknown as EnumValues<Value>;
}
