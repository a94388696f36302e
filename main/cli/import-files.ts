import { resolve } from 'node:path';
import type { StationClient } from '@shared/contract';
import type { Import, ImportItem, ImportItemState, ImportOptions } from '@shared/model/import';
import { AlreadySaid } from './already-said';
import { counted, megabytes, type Output, printable, table } from './output';

export interface ImportRequest {
  readonly paths: readonly string[];
  readonly device?: string;
  readonly timezone?: string;
  readonly tag: readonly string[];
}

const PAGE = 200;
/** A line for people so often; a document as it comes. */
const TELL_MS = 2_000;

/**
 * Imports files and folders and tells of each. Ctrl-C cancels: what was taken stays, and the same command takes the rest.
 * @throws AlreadySaid when it did not come to its end, or a file could not be read
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
  const { id } = await client.imports.start({ paths, options });
  const cancel = (): void => {
    void client.imports.cancel({ id }).catch(() => undefined);
  };
  for (const signal of CANCELS) process.on(signal, cancel);
  try {
    await follow(client, id, json, output);
  } finally {
    for (const signal of CANCELS) process.off(signal, cancel);
  }
  const end = await client.imports.get({ id });
  await report(client, end, json, output);
  if (end.state !== 'done' || end.files.failed > 0) throw new AlreadySaid();
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

function progressLine({ state, files, totalBytes, doneBytes, ...now }: Import): string {
  const total = Object.values(files).reduce((a, b) => a + b, 0);
  if (state === 'scanning') return `Looking: ${counted(total, 'file')} so far`;
  const done = `${String(total - files.waiting)} of ${counted(total, 'file')}, ${megabytes(doneBytes)} of ${megabytes(totalBytes)}`;
  const rate = now.bytesPerS === null ? '' : `, ${megabytes(now.bytesPerS)}/s`;
  const left = now.secondsLeft === null ? '' : `, ${duration(now.secondsLeft)} left`;
  return `${done}${rate}${left}${now.current === null ? '' : `: ${now.current}`}`;
}

async function report(
  client: StationClient,
  end: Import,
  json: boolean,
  output: Output,
): Promise<void> {
  // What went as it should is counted; the rest is told one by one.
  const rows: string[][] = [];
  for await (const item of itemsOf(client, end.id)) {
    if (json) output.out(JSON.stringify({ type: 'file', ...item }));
    else if (item.state !== 'imported' || item.detail !== '') rows.push(rowOf(item));
  }
  if (json) {
    output.out(JSON.stringify({ type: 'import', ...end }));
    return;
  }
  if (rows.length > 0) for (const line of table(['STATE', 'FILE', 'WHY'], rows)) output.out(line);
  output.out(printable(lastLine(end)));
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

const WORDS: Readonly<Record<ImportItemState, string>> = {
  imported: 'imported',
  repaired: 'imported and repaired',
  duplicate: 'there already',
  refused: 'not usable',
  failed: 'could not be read',
  waiting: 'not looked at',
};

function lastLine({ state, problem, files, id }: Import): string {
  const counts = Object.entries(WORDS)
    .map(([name, words]) => ({ words, count: files[name as ImportItemState] }))
    .filter(({ count }) => count > 0)
    .map(({ words, count }) => `${String(count)} ${words}`);
  const sum = counts.length === 0 ? 'no files found' : counts.join(', ');
  switch (state) {
    case 'done':
      return `Import ${String(id)} is done: ${sum}.`;
    case 'cancelled':
      return `Import ${String(id)} was cancelled: ${sum}. What was taken stays; the same command takes the rest.`;
    default:
      return `Import ${String(id)} could not go on: ${problem ?? state} ${sum}. The same command takes the rest.`;
  }
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${String(whole)} s`;
  const minutes = Math.ceil(whole / 60);
  return minutes < 60
    ? `${String(minutes)} min`
    : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}
