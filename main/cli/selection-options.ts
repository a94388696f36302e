import { type Command, Option } from 'commander';
import type { RecordingFilter, Selection } from '@shared/model/recording';
import { deviceName } from './device-name';
import { parseDuration } from './duration';
import { instant } from './instant';
import { collectIds } from './recording-ids';
import { UsageError } from './usage-error';

/** What recordings must be, as options say it. */
export interface FilterOptions {
  readonly device?: string;
  readonly from?: string;
  readonly to?: string;
  readonly text?: string;
  readonly tag: readonly string[];
  readonly label?: string;
  readonly source?: 'recorder' | 'import';
  readonly protected?: true;
  readonly damaged?: true;
  readonly bin?: true;
  readonly longerThan?: number;
  readonly shorterThan?: number;
  readonly uploaded?: boolean;
  readonly here?: boolean;
  readonly recovered?: true;
  readonly unsynced?: true;
}

/** Which recordings, as options say it. */
export interface SelectionOptions extends FilterOptions {
  readonly id: readonly number[];
  readonly all: boolean;
}

/** Gives a command the options that say which recordings it is about. */
export function withSelection(command: Command): Command {
  return withFilter(
    command
      .option('--id <n>', 'this recording; may be given several times', collectIds, [])
      .option('--all', 'all there are', false),
  );
}

/** Gives a command the options that say what recordings must be. */
export function withFilter(command: Command): Command {
  return command
    .option('--device <name>', 'of this microphone', deviceName)
    .option(
      '--from <time>',
      'from this time (UTC), e.g. 2026-11-21 or 2026-11-21T18:00:00Z',
      instant,
    )
    .option('--to <time>', 'before this time (UTC)', instant)
    .option('--text <words>', 'with these words in title, description, notes or original name')
    .option('--tag <tag>', 'with this tag; may be given several times', collect, [])
    .option('--label <label>', 'in which a worker heard this')
    .addOption(
      new Option('--source <source>', 'where they come from').choices(['recorder', 'import']),
    )
    .option('--protected', 'that are protected')
    .option('--damaged', 'that are damaged')
    .option('--longer-than <time>', 'of this length at least, e.g. 5s', lengthS)
    .option('--shorter-than <time>', 'of this length at most', lengthS)
    .option('--uploaded', 'that are uploaded')
    .option('--no-uploaded', 'that are not')
    .option('--here', 'whose files are here')
    .option('--no-here', 'whose files are not')
    .option('--recovered', 'that were recovered')
    .option('--unsynced', 'made while the clock was not synchronised')
    .option('--bin', 'in the bin, instead of those that are not');
}

/** @throws UsageError when nothing was said, or both numbers and a filter */
export function selectionOf(options: SelectionOptions): Selection {
  const { id, all } = options;
  const filter = filterOf(options);
  const filters = Object.keys(filter).length > 0;
  if (id.length > 0) {
    if (!filters && !all) return { ids: [...id] };
    throw new UsageError('Say which recordings either by their ids or by a filter.');
  }
  // Nothing said is no way to say everything.
  if (!filters && !all)
    throw new UsageError('Say which recordings, e.g. --device <name>, or --all.');
  return { filter };
}

/** @throws UsageError when nothing can lie between */
export function filterOf({ tag, ...rest }: FilterOptions): RecordingFilter {
  const { device, from, to, text, label, source, damaged, bin } = rest;
  const { longerThan, shorterThan, uploaded, here, recovered, unsynced } = rest;
  if (from !== undefined && to !== undefined && from >= to) {
    throw new UsageError(`--from ${from} is not before --to ${to}: nothing lies between.`);
  }
  return {
    ...(longerThan === undefined ? {} : { minDurationS: longerThan }),
    ...(shorterThan === undefined ? {} : { maxDurationS: shorterThan }),
    ...(uploaded === undefined ? {} : { uploaded }),
    ...(here === undefined ? {} : { localDeleted: !here }),
    ...(recovered === undefined ? {} : { recovered }),
    ...(unsynced === undefined ? {} : { clockUnsynced: true }),
    ...(device === undefined ? {} : { device }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(text === undefined ? {} : { text }),
    ...(label === undefined ? {} : { label }),
    ...(source === undefined ? {} : { source }),
    ...(damaged === undefined ? {} : { damaged }),
    ...(bin === undefined ? {} : { bin }),
    ...(rest.protected === undefined ? {} : { protected: true }),
    ...(tag.length === 0 ? {} : { tags: [...tag] }),
  };
}

/** Seconds. */
function lengthS(text: string): number {
  return parseDuration(text) / 1000;
}

function collect(text: string, before: string[]): string[] {
  return [...before, text];
}
