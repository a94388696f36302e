/** One line of a scrape. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Scrape {
  readonly types: ReadonlyMap<string, string>;
  readonly helps: ReadonlyMap<string, string>;
  readonly samples: readonly ScrapedSample[];
  /** @returns the value of the only series with these labels */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"/y;

/** Reads the text format of Prometheus, strictly. @throws Error with the line that is none */
export function parseScrape(text: string): Scrape {
  const types = new Map<string, string>();
  const helps = new Map<string, string>();
  const samples: ScrapedSample[] = [];
  const seen = new Set<string>();
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const comment = new RegExp(`^# (HELP|TYPE) (${NAME}) (.*)$`).exec(line);
    if (comment !== null) {
      const [, kind, name = '', words = ''] = comment;
      const told = kind === 'HELP' ? helps : types;
      if (told.has(name)) throw new Error(`told twice: ${line}`);
      told.set(name, words);
      continue;
    }
    const sample = readSample(line);
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (seen.has(key)) throw new Error(`a series twice: ${line}`);
    seen.add(key);
    samples.push(sample);
  }
  return {
    types,
    helps,
    samples,
    value: (name, labels = {}) => {
      const found = samples.filter(
        (each) =>
          each.name === name &&
          Object.entries(labels).every(([label, value]) => each.labels[label] === value),
      );
      if (found.length > 1) throw new Error(`${name}: several`);
      return found[0]?.value;
    },
  };
}

function readSample(line: string): ScrapedSample {
  const match = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`).exec(line);
  if (match === null) throw new Error(`no sample: ${line}`);
  const [, name = '', inside = '', number = ''] = match;
  const labels: Record<string, string> = {};
  for (let at = 0; at < inside.length;) {
    LABEL.lastIndex = at;
    const label = LABEL.exec(inside);
    if (label === null) throw new Error(`no label: ${line}`);
    labels[label[1] ?? ''] = (label[2] ?? '').replace(/\\(.)/g, (_, sign: string) =>
      sign === 'n' ? '\n' : sign,
    );
    at = LABEL.lastIndex;
    if (at < inside.length && inside[at] !== ',') throw new Error(`no comma: ${line}`);
    at += 1;
  }
  const value =
    number === 'Nan' || number === 'NaN' ? NaN : Number(number.replace('Inf', 'Infinity'));
  return { name, labels, value };
}
