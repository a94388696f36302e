/** What a row of samples looks like. Times and shares keep the unit of the samples. */
export interface Summary {
  readonly count: number;
  readonly least: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p99: number;
  readonly most: number;
}

/** Linear between the two nearest samples. @throws RangeError when there is none */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const position = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new RangeError('there are no samples');
  return below + (above - below) * (position - Math.floor(position));
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 50);
}

export function summarise(samples: readonly number[]): Summary {
  return {
    count: samples.length,
    least: percentile(samples, 0),
    p25: percentile(samples, 25),
    median: median(samples),
    p75: percentile(samples, 75),
    p99: percentile(samples, 99),
    most: percentile(samples, 100),
  };
}

/** Least-squares slope of y over x. */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const x0 = mean(points.map(({ x }) => x));
  const y0 = mean(points.map(({ y }) => y));
  const covariance = points.reduce((sum, { x, y }) => sum + (x - x0) * (y - y0), 0);
  return covariance / points.reduce((sum, { x }) => sum + (x - x0) ** 2, 0);
}
