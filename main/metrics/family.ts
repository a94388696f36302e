/** One metric with all of its series, by the rules of Prometheus: base units, `_total` for what only grows. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly labels: readonly string[];
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** In the order of the family's labels. */
  readonly labels: readonly string[];
  readonly value: number;
}

/** What is not known is left out: a series that is absent says so, a zero would lie. */
type Known = number | boolean | null | undefined;

/** One series without labels, or none. */
export function gauge(name: string, help: string, value: Known): Family {
  return { name, help, type: 'gauge', labels: [], samples: samplesOf([[[], value]]) };
}

export function counter(name: string, help: string, value: Known): Family {
  return { ...gauge(name, help, value), type: 'counter' };
}

export function gauges(
  name: string,
  help: string,
  labels: readonly string[],
  samples: Iterable<readonly [labels: readonly string[], value: Known]>,
): Family {
  return { name, help, type: 'gauge', labels, samples: samplesOf(samples) };
}

export function counters(
  name: string,
  help: string,
  labels: readonly string[],
  samples: Iterable<readonly [labels: readonly string[], value: Known]>,
): Family {
  return { ...gauges(name, help, labels, samples), type: 'counter' };
}

/** One series per state that there can be: 1 for the one that holds, 0 for the others. */
export function states<State extends string>(
  all: readonly State[],
  present: State,
  labels: readonly string[] = [],
): [labels: string[], value: number][] {
  return all.map((state) => [[...labels, state], Number(state === present)]);
}

/** Seconds since 1970 of an ISO instant or of UTC milliseconds. */
export function timestampS(at: string | number | null | undefined): number | null {
  if (at === null || at === undefined) return null;
  const ms = typeof at === 'number' ? at : Date.parse(at);
  return Number.isFinite(ms) ? ms / 1000 : null;
}

function samplesOf(samples: Iterable<readonly [readonly string[], Known]>): Sample[] {
  return [...samples].flatMap(([labels, value]) => {
    if (value === null || value === undefined) return [];
    const number = Number(value);
    return Number.isFinite(number) ? [{ labels, value: number }] : [];
  });
}
