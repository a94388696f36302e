import type * as Prometheus from 'prom-client';
import type { Registry } from 'prom-client';
import type { Family } from './family';

export type Client = typeof Prometheus;

/** What writes the text of Prometheus. Loaded when it is first wanted: a station without the endpoint does not pay. */
export async function loadClient(): Promise<Client> {
  const loaded = (await import('prom-client')) as Client & { readonly default?: Client };
  return loaded.default ?? loaded;
}

/** The families as a registry that is made for one answer. @throws what prom-client throws for a name it does not allow */
export function registryOf(client: Client, families: readonly Family[]): Registry {
  const registry = new client.Registry();
  for (const { name, help, type, labels, samples } of families) {
    const definition = { name, help, labelNames: [...labels], registers: [registry] };
    const write = type === 'counter' ? counterOf(client, definition) : gaugeOf(client, definition);
    for (const sample of samples) {
      write(
        Object.fromEntries(labels.map((label, i) => [label, sample.labels[i] ?? ''])),
        sample.value,
      );
    }
  }
  return registry;
}

interface Definition {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: Registry[];
}
type Write = (labels: Record<string, string>, value: number) => void;

// A new metric without labels stands at 0 there, which would be a lie: it is there when it is known.

function gaugeOf(client: Client, definition: Definition): Write {
  const metric = new client.Gauge(definition);
  if (definition.labelNames.length === 0) metric.remove();
  return (labels, value) => {
    metric.set(labels, value);
  };
}

function counterOf(client: Client, definition: Definition): Write {
  const metric = new client.Counter(definition);
  if (definition.labelNames.length === 0) metric.remove();
  return (labels, value) => {
    metric.inc(labels, Math.max(0, value));
  };
}
