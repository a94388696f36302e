import { resolve } from 'node:path';
import { ORPCError } from '@orpc/client';
import type { StationClient } from '@shared/contract';
import type { Import, ImportItem, ImportOptions } from '@shared/model/import';
import { AlreadySaid } from './already-said';
import { describeImport, hasEnded, importInBrief, progressLine } from './import-words';
import { isLineBroken } from './line-broken';
import { type Output, printable, table } from './output';

export interface ImportRequest {
  readonly paths: readonly string[];
  readonly device?: string;
  readonly timezone?: string;
  readonly tag: readonly string[];
}

const PAGE = 200;
/** A line for people so often; a document as it comes. */
const TELL_MS = 2_000;
/** Of those that are over so many are told. */
const SHOWN = 10;

/**
 * Imports files and folders and tells of each. Ctrl-C cancels: what was taken stays, and the same command takes the rest.
 * @throws AlreadySaid when it did not come to its end, found nothing, or could not read a file
 */
export async function importFiles(
  client: StationClient,
  request: ImportRequest,
  json: boolean,
  output: Output,
): Promise<void> {
  const { device, timezone, tag } = request;
  const options: Partial<ImportOptions> = {
    tags: [...tag],
    ...(device === undefined ? {} : { device }),
    ...(timezone === undefined ? {} : { timezone }),
  };
  const paths = request.paths.map((path) => resolve(path));
  const id = await begin(client, paths, options, output);
  const cancel = (): void => {
    void client.imports.cancel({ id }).catch(() => undefined);
  };
  for (const signal of CANCELS) process.on(signal, cancel);
  let end: Import;
  try {
    await follow(client, id, json, output);
    end = await client.imports.get({ id });
    await report(client, end, json, output);
  } catch (error) {
    if (!isLineBroken(error)) throw error;
    output.err(
      `The console ended; import ${String(id)} goes on with the next one. "import --status" tells how far it is.`,
    );
    throw new AlreadySaid();
  } finally {
    for (const signal of CANCELS) process.off(signal, cancel);
  }
  const found = Object.values(end.files).reduce((a, b) => a + b, 0);
  if (end.state !== 'done' || end.files.failed > 0 || found === 0) throw new AlreadySaid();
}

/** How far imports are: those that are not over, and the last ones. */
export async function showImports(
  client: StationClient,
  json: boolean,
  output: Output,
): Promise<void> {
  const imports = await client.imports.list();
  if (json) {
    output.out(JSON.stringify(imports));
    return;
  }
  const { running } = (await client.station.snapshot()).station;
  if (imports.length === 0) output.out('Nothing was imported yet.');
  for (const one of imports.slice(0, SHOWN)) output.out(printable(importInBrief(one, running)));
}

/** Ends the import that goes on or waits for a console. @throws AlreadySaid when there is none */
export async function cancelImport(
  client: StationClient,
  json: boolean,
  output: Output,
): Promise<void> {
  const going = (await client.imports.list()).find((one) => !hasEnded(one));
  if (going === undefined) {
    output.err('No import goes on, and none waits.');
    throw new AlreadySaid();
  }
  const end = await client.imports.cancel({ id: going.id });
  output.out(json ? JSON.stringify(end) : printable(describeImport(end)));
}

/** What became of each file of an import. */
export async function reportImport(
  client: StationClient,
  id: number,
  json: boolean,
  output: Output,
): Promise<void> {
  await report(client, await client.imports.get({ id }), json, output);
}

/** @returns the import's number */
async function begin(
  client: StationClient,
  paths: string[],
  options: Partial<ImportOptions>,
  output: Output,
): Promise<number> {
  try {
    return (await client.imports.start({ paths, options })).id;
  } catch (error) {
    if (!(error instanceof ORPCError && error.code === 'CONFLICT')) throw error;
    output.err(
      `${error.message} "import --status" tells how far it is, "import --cancel" ends it.`,
    );
    throw new AlreadySaid();
  }
}

const CANCELS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function follow(
  client: StationClient,
  id: number,
  json: boolean,
  output: Output,
): Promise<void> {
  let toldMs = -Infinity;
  for await (const now of await client.imports.watch({ id })) {
    if (json) {
      output.out(JSON.stringify({ type: 'progress', ...now }));
      continue;
    }
    if (performance.now() - toldMs < TELL_MS || now.finishedAt !== null) continue;
    toldMs = performance.now();
    output.out(printable(progressLine(now)));
  }
}

async function report(
  client: StationClient,
  end: Import,
  json: boolean,
  output: Output,
): Promise<void> {
  // What went as it should, and what was not looked at, is counted; the rest is told one by one.
  const rows: string[][] = [];
  let plain = 0;
  for await (const item of itemsOf(client, end.id)) {
    if (json) output.out(JSON.stringify({ type: 'file', ...item }));
    else if (item.state === 'imported' && item.detail === '') plain += 1;
    else if (item.state !== 'waiting') rows.push(rowOf(item));
  }
  if (json) {
    output.out(JSON.stringify({ type: 'import', ...end }));
    return;
  }
  if (rows.length > 0) for (const line of table(['STATE', 'FILE', 'WHY'], rows)) output.out(line);
  if (rows.length > 0 && plain > 0) {
    output.out(`${String(plain)} imported without a remark are not listed; --json tells of all.`);
  }
  output.out(printable(describeImport(end)));
}

async function* itemsOf(client: StationClient, id: number): AsyncGenerator<ImportItem> {
  for (let afterId = 0; ;) {
    const items = await client.imports.items({ id, afterId, limit: PAGE });
    yield* items;
    const last = items.at(-1);
    if (last === undefined || items.length < PAGE) return;
    afterId = last.id;
  }
}

function rowOf({ state, path, detail }: ImportItem): string[] {
  return [state, path, detail];
}
