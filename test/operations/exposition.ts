export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  readonly samples: readonly Sample[];
  /** By the name of the metric, without the endings of histograms. */
  readonly types: ReadonlyMap<string, string>;
  readonly helps: ReadonlyMap<string, string>;
}

/** Reads Prometheus's text format, as far as it is used here. Throws on a line that is none. */
export function parseExposition(text: string): Exposition {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const helps = new Map<string, string>();
  for (const line of text.split('\n').filter(Boolean)) {
    const comment = /^# (TYPE|HELP) (\S+) (.*)$/.exec(line);
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (comment?.[2] !== undefined) (comment[1] === 'TYPE' ? types : helps).set(comment[2], comment[3] ?? '');
    else if (sample?.[1] !== undefined)
      samples.push({ name: sample[1], labels: parseLabels(sample[2] ?? ''), value: Number(sample[3]) });
    else throw new Error(`This is no line of metrics: ${line}`);
  }
  return { samples, types, helps };
}

function parseLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g)].map((match) => [match[1], match[2]]),
  );
}

/** The sum over all samples of the name whose labels agree; undefined when there is none. */
export function valueOf(
  { samples }: Pick<Exposition, 'samples'>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const matching = samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return matching.length === 0 ? undefined : matching.reduce((total, { value }) => total + value, 0);
}
