import { isProcedure } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { contractErrors } from '@shared/contract/errors';
import { createRouter } from '@main/api/router';
import { at, contractProcedures } from '../../support/contract-procedures';

/** A router in which nobody is at home: enough to see which doors there are. */
const nobody = new Proxy({}, { get: () => nobody, apply: () => nobody }) as never;
const router = createRouter({
  snapshot: nobody,
  statusStream: nobody,
  bus: nobody,
  confirmClock: nobody,
  imports: nobody,
  exporter: nobody,
  remotes: nobody,
  reconciler: nobody,
  authoriser: nobody,
  uploads: nobody,
  custody: nobody,
  janitor: nobody,
  dialogs: nobody,
  places: nobody,
  database: nobody,
  devices: nobody,
  recorders: nobody,
  live: nobody,
  scheduling: nobody,
  analysis: nobody,
  integrity: nobody,
  coverage: nobody,
  alerts: nobody,
  recordings: nobody,
  editor: nobody,
  purge: nobody,
  profiles: nobody,
  settings: nobody,
  log: { logger: () => nobody } as never,
  updater: nobody,
  vault: nobody,
});

const procedures = contractProcedures();

it('the contract has the areas of part 1', () => {
  const areas = new Set(procedures.map(({ name }) => name.split('.')[0]));
  for (const area of [
    'station',
    'devices',
    'recorders',
    'recordings',
    'profiles',
    'settings',
    'logs',
  ]) {
    expect(areas).toContain(area);
  }
  expect(procedures.length).toBeGreaterThan(20);
});

describe.each(procedures)('$name', ({ name, inputSchema, outputSchema, errors }) => {
  it('says what it takes and what it answers', () => {
    expect(inputSchema).toBeDefined();
    expect(outputSchema).toBeDefined();
  });

  it('has a handler', () => {
    expect(isProcedure(at(router, name))).toBe(true);
  });

  it('fails with errors of the closed list only, each with its data', () => {
    for (const [code, error] of Object.entries(errors)) {
      expect(Object.keys(contractErrors)).toContain(code);
      expect(error).toBe(contractErrors[code as keyof typeof contractErrors]);
    }
  });

  it('refuses what nobody asked for', async () => {
    const result = await inputSchema!['~standard'].validate({ noSuchField: 1 });
    expect(result.issues).not.toBeUndefined();
  });
});

it('no handler is without a contract', () => {
  const handlers = (node: unknown, path: string[]): string[] =>
    isProcedure(node)
      ? [path.join('.')]
      : Object.entries(node as Record<string, unknown>).flatMap(([key, child]) =>
          handlers(child, [...path, key]),
        );
  expect(handlers(router, []).sort()).toEqual(procedures.map(({ name }) => name).sort());
});
