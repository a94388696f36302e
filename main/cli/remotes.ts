import { ORPCError } from '@orpc/client';
import type { StationClient } from '@shared/contract';
import { contractErrors } from '@shared/contract/errors';
import type {
  Remote,
  RemoteChange,
  RemoteTest,
  RemoteType,
  UploadWindow,
} from '@shared/model/remote';
import { REMOTE_OPTIONS } from '@shared/model/remote-options';
import { AlreadySaid } from './already-said';
import { counted, megabytes, type Output, printable, table } from './output';
import { UsageError } from './usage-error';

/** Option name and value, as typed. */
export type NamedValue = readonly [name: string, value: string];

export interface RemoteWords {
  readonly option: readonly NamedValue[];
  readonly basePath?: string;
  /** `none`: no limit. */
  readonly limit?: string;
  /** `none`: at any time. */
  readonly hours?: UploadWindow | 'none';
}

export interface NewRemoteWords extends RemoteWords {
  readonly name: string;
  readonly type: RemoteType;
  readonly slug?: string;
  /** It is tested before it is kept. */
  readonly test: boolean;
}

export async function showRemotes(
  client: StationClient,
  json: boolean,
  output: Output,
): Promise<void> {
  const remotes = await client.remotes.list();
  if (json) {
    output.out(JSON.stringify(remotes));
    return;
  }
  if (remotes.length === 0) {
    output.out('Recordings are sent nowhere: there is no remote.');
    return;
  }
  const rows = remotes.map((remote) => [
    remote.slug,
    remote.type,
    remote.state,
    String(remote.waiting),
    String(remote.verified),
    remote.lastUploadAt ?? '-',
    remote.name,
  ]);
  const headings = ['REMOTE', 'TYPE', 'STATE', 'WAITING', 'VERIFIED', 'LAST UPLOAD', 'NAME'];
  for (const line of table(headings, rows)) output.out(line);
  for (const remote of remotes) {
    for (const line of troubleOf(remote)) output.err(printable(line));
  }
}

/** The secrets that a new one of this type needs or that are asked for; what is optional is not asked. */
export function secretsToAsk(type: RemoteType, asked: readonly string[]): string[] {
  const needed = REMOTE_OPTIONS[type].filter(({ secret, required }) => secret && required);
  return [...new Set([...needed.map(({ name }) => name), ...asked])];
}

export async function addRemote(
  client: StationClient,
  words: NewRemoteWords,
  secrets: Record<string, string>,
  json: boolean,
  output: Output,
): Promise<void> {
  const { name, type, slug, basePath } = words;
  const draft = {
    name,
    type,
    options: Object.fromEntries(words.option),
    ...(basePath === undefined ? {} : { basePath }),
    ...limitsIn(words),
  };
  if (words.test) {
    const tested = await named(() => client.remotes.test({ draft, secrets }));
    if (!tested.ok) {
      if (json) output.out(JSON.stringify({ test: tested }));
      else tellTest(tested, output);
      output.err('It was not added. To add it all the same: --no-test');
      throw new AlreadySaid();
    }
  }
  const wanted = slug === undefined ? {} : { slug };
  const added = await named(() => client.remotes.add({ draft, secrets, ...wanted }));
  tell(added, `Added as ${added.slug}. It gets what is recorded from now on.`, json, output);
}

export async function editRemote(
  client: StationClient,
  slug: string,
  words: RemoteWords & { readonly name?: string },
  secrets: Record<string, string>,
  json: boolean,
  output: Output,
): Promise<void> {
  const { name, option, basePath } = words;
  const draft: RemoteChange = {
    ...(name === undefined ? {} : { name }),
    ...(basePath === undefined ? {} : { basePath }),
    ...limitsIn(words),
    ...(option.length === 0 ? {} : { options: await changedOptions(client, slug, option) }),
  };
  if (Object.keys(draft).length === 0 && Object.keys(secrets).length === 0) {
    throw new UsageError('Say what is to be changed, e.g. --name or --secret pass.');
  }
  const edited = await named(() => client.remotes.edit({ slug, draft, secrets }));
  tell(edited, `${slug} was changed.`, json, output);
}

export async function testRemote(
  client: StationClient,
  slug: string,
  json: boolean,
  output: Output,
): Promise<void> {
  const tested = await client.remotes.test({ slug });
  if (json) output.out(JSON.stringify(tested));
  else tellTest(tested, output);
  if (!tested.ok) throw new AlreadySaid();
}

export async function pauseRemote(
  client: StationClient,
  slug: string,
  json: boolean,
  output: Output,
): Promise<void> {
  const paused = await client.remotes.pause({ slug });
  tell(paused, `${slug} gets nothing until "remotes resume ${slug}".`, json, output);
}

export async function resumeRemote(
  client: StationClient,
  slug: string,
  json: boolean,
  output: Output,
): Promise<void> {
  const resumed = await client.remotes.resume({ slug });
  tell(resumed, `${slug} goes on.`, json, output);
}

/** @param yes carry it out; else it is only told what it would come to */
export async function removeRemote(
  client: StationClient,
  slug: string,
  yes: boolean,
  json: boolean,
  output: Output,
): Promise<void> {
  const { copies, onlyThere, waiting } = yes
    ? await client.remotes.remove({ slug })
    : await client.remotes.removalPlan({ slug });
  if (json) output.out(JSON.stringify({ removed: yes, copies, onlyThere, waiting }));
  else {
    output.out(
      `${slug} ${yes ? 'had' : 'has'} ${counted(copies, 'recording')}, which stay there; ${counted(waiting, 'recording')} waited for it.`,
    );
    if (onlyThere > 0) {
      output.err(
        `${counted(onlyThere, 'recording')} are nowhere else: they can be fetched back only after it is added again.`,
      );
    }
  }
  if (yes) return;
  output.err('Nothing was removed. To remove it: --yes');
  throw new AlreadySaid();
}

export async function backfillRemote(
  client: StationClient,
  slug: string,
  json: boolean,
  output: Output,
): Promise<void> {
  const queued = await client.remotes.backfill({ slug });
  const text = `${counted(queued.recordings, 'recording')} will be sent to ${slug}.`;
  output.out(json ? JSON.stringify(queued) : text);
}

function limitsIn({ limit, hours }: RemoteWords): Pick<RemoteChange, 'bandwidthLimit' | 'window'> {
  return {
    ...(limit === undefined ? {} : { bandwidthLimit: limit === 'none' ? null : limit }),
    ...(hours === undefined ? {} : { window: hours === 'none' ? null : hours }),
  };
}

/** Whoever typed an option knows it by its name. @throws UsageError */
async function named<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ORPCError) || error.code !== 'INVALID_VALUE') throw error;
    const { path, problem } = contractErrors.INVALID_VALUE.data.parse(error.data);
    throw new UsageError(`${path.replace(/^(?:options|secrets)\./, '')}: ${problem}`);
  }
}

async function changedOptions(
  client: StationClient,
  slug: string,
  changes: readonly NamedValue[],
): Promise<Record<string, string>> {
  const remote = (await client.remotes.list()).find((one) => one.slug === slug);
  // What an empty value is given for is said no more.
  const all = new Map([...Object.entries(remote?.options ?? {}), ...changes]);
  return Object.fromEntries([...all].filter(([, value]) => value !== ''));
}

function tell(remote: Remote, text: string, json: boolean, output: Output): void {
  output.out(json ? JSON.stringify(remote) : text);
}

const STEPS: Readonly<Record<RemoteTest['steps'][number]['step'], string>> = {
  connect: 'connected',
  write: 'wrote a small file',
  read_back: 'read it back',
  remove: 'removed it',
  room: 'asked for room',
};

function tellTest(tested: RemoteTest, output: Output): void {
  for (const { step, ok, tookMs } of tested.steps) {
    output.out(`${ok ? 'ok    ' : 'FAILED'}  ${STEPS[step]} (${String(Math.round(tookMs))} ms)`);
  }
  const { failure, uploadBytesPerS: up, downloadBytesPerS: down, room, capabilities } = tested;
  if (up !== null && down !== null) {
    output.out(`Speed of the small file: ${megabytes(up)}/s there, ${megabytes(down)}/s back.`);
  }
  if (capabilities !== null) {
    const { hashes } = capabilities;
    output.out(
      hashes.length === 0
        ? 'It tells no hashes: copies are checked by their size and by samples.'
        : `Copies are checked by ${hashes.join(', ')}.`,
    );
  }
  if (room?.free !== null && room?.free !== undefined) output.out(`Free: ${megabytes(room.free)}.`);
  if (failure !== null) output.err(printable(`${failure.code}: ${failure.detail}`));
}

function troubleOf({ slug, state, detail, lastFailure, failed, givenUp }: Remote): string[] {
  const lines: string[] = [];
  const isWell = state === 'idle' || state === 'uploading';
  if (!isWell && detail !== '') lines.push(`${slug}: ${detail}`);
  if (lastFailure !== null && (!isWell || failed > 0)) {
    lines.push(`${slug}: ${lastFailure.code} at ${lastFailure.at}: ${lastFailure.detail}`);
  }
  if (givenUp > 0) {
    lines.push(
      `${slug}: ${counted(givenUp, 'recording')} given up; "remotes backfill ${slug}" tries again.`,
    );
  }
  return lines;
}
