import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ORPCError } from '@orpc/client';
import type { StationClient } from '@shared/contract';
import { alsaPcmSchema } from '@shared/model/device';
import { dataFolderAt, defaultDataDir } from '../data-folder';
import type { Installation } from '../installation';
import { ConflictError, InvalidValueError, NotFoundError } from '../request-error';
import { parseSettingValue, resolveSettingKey } from '../settings/setting-key';
import { StationError } from '../station-error';
import { connectStation } from './connect';
import { parseDuration } from './duration';
import type { Output } from './output';
import { showDevices, showProfiles, showRecordings, showSettings, showStatus } from './queries';
import { run } from './run';

/** What a command line ends with. */
export const EXIT = { done: 0, failed: 1, badUsage: 2 } as const;

interface Shared {
  readonly data: string;
  readonly json: boolean;
}

/**
 * Carries out one command line.
 * @param args without the program's own name
 * @returns the exit code: 0 done, 1 failed, 2 bad usage
 */
export async function carryOut(
  args: readonly string[],
  installation: Installation,
  output: Output,
): Promise<number> {
  const program = buildProgram(installation, output);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT.done : EXIT.badUsage; // commander has said it already
    }
    output.err(sentenceOf(error));
    return error instanceof UsageError ? EXIT.badUsage : EXIT.failed;
  }
}

/** What was asked for cannot be, whatever the station's state. */
class UsageError extends Error {}

function sentenceOf(error: unknown): string {
  const expected =
    error instanceof StationError ||
    error instanceof UsageError ||
    error instanceof NotFoundError ||
    error instanceof ConflictError ||
    error instanceof InvalidValueError;
  if (expected) return error.message;
  if (error instanceof ORPCError) return error.message;
  // Not foreseen: the place in the code is what helps whoever is told of it.
  return `Something went wrong that was not foreseen: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

function buildProgram(installation: Installation, output: Output): Command {
  const program = new Command('station')
    .description(
      'The recording station on the command line: on a running console or on its data folder.',
    )
    .version(installation.version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => {
        output.out(text.trimEnd());
      },
      writeErr: (text) => {
        output.err(text.trimEnd());
      },
    });

  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .addOption(
        new Option('--data <dir>', 'data folder').default(
          defaultDataDir(process.env),
          'the user’s own',
        ),
      )
      .option('--json', 'one JSON document, or one per line for what goes on', false);

  const ask = async (
    shared: Shared,
    question: (client: StationClient) => Promise<void>,
  ): Promise<void> => {
    const connected = await connectStation(shared.data, installation);
    try {
      await question(connected.client);
    } finally {
      await connected.close();
    }
  };

  command('run', 'record, without a screen, until stopped')
    .option(
      '--simulate <n>',
      'make sure that this many simulated microphones exist',
      wholeNumber(0, 16),
    )
    .option('--alsa <pcm>', 'record an ALSA PCM; may be given several times', collectPcms, [])
    .option('--profile <slug>', 'profile of the microphones that this adds')
    .option('--segment <time>', 'length of a segment, e.g. 10s', segmentSeconds)
    .option('--for <time>', 'stop by itself after this long, e.g. 30s', parseDuration)
    .option('--demo', 'a simulated microphone in a temporary data folder', false)
    .action(
      async (
        options: Shared & {
          simulate?: number;
          alsa: string[];
          profile?: string;
          segment?: number;
          for?: number;
          demo: boolean;
        },
      ) => {
        await run(
          {
            dataDir: dataFolderAt(options.data).root,
            demo: options.demo,
            simulate: options.simulate,
            alsa: options.alsa,
            profileSlug: options.profile,
            segmentDurationS: options.segment,
            forMs: options.for,
            json: options.json,
          },
          installation,
          output,
        );
      },
    );

  command('status', 'is it recording?').action((options: Shared) =>
    ask(options, (client) => showStatus(client, options.json, output)),
  );
  command('devices', 'the microphones').action((options: Shared) =>
    ask(options, (client) => showDevices(client, options.json, output)),
  );
  command('profiles', 'how each kind of microphone is recorded').action((options: Shared) =>
    ask(options, (client) => showProfiles(client, options.json, output)),
  );
  command('recordings', 'what was recorded, the newest first')
    .option('--device <name>', 'of this microphone only')
    .option(
      '--from <time>',
      'from this time (UTC), e.g. 2026-11-21 or 2026-11-21T18:00:00Z',
      instant,
    )
    .option('--to <time>', 'before this time (UTC)', instant)
    .option('--limit <n>', 'at most this many', wholeNumber(1, 1_000_000), 100)
    .action((options: Shared & { device?: string; from?: string; to?: string; limit: number }) => {
      const { data: _data, json, ...request } = options;
      const { from, to } = request;
      if (from !== undefined && to !== undefined && from >= to) {
        throw new UsageError(`--from ${from} is not before --to ${to}: nothing lies between.`);
      }
      return ask(options, (client) => showRecordings(client, request, json, output));
    });

  const settings = program.command('settings').description('read or change settings');
  const settingsCommand = (name: string, description: string): Command =>
    settings
      .command(name)
      .description(description)
      .addOption(
        new Option('--data <dir>', 'data folder').default(
          defaultDataDir(process.env),
          'the user’s own',
        ),
      )
      .option('--json', 'one JSON document', false);
  settingsCommand('get [key]', 'one setting, e.g. system.station_name, or all').action(
    (key: string | undefined, options: Shared) => {
      if (key !== undefined) knownSetting(key);
      return ask(options, (client) => showSettings(client, key, options.json, output));
    },
  );
  settingsCommand('set <key> <value>', 'change one setting').action(
    (key: string, value: string, options: Shared) => {
      const parsed = settingValue(key, value);
      return ask(options, async (client) => {
        await client.settings.set({ key, value: parsed });
        await showSettings(client, key, options.json, output);
      });
    },
  );
  return program;
}

function knownSetting(key: string): void {
  try {
    resolveSettingKey(key);
  } catch (error) {
    if (error instanceof NotFoundError) throw new UsageError(error.message);
    throw error;
  }
}

function settingValue(key: string, text: string): string | number | boolean | null {
  knownSetting(key);
  try {
    return parseSettingValue(key, text);
  } catch (error) {
    if (error instanceof InvalidValueError) throw new UsageError(error.message);
    throw error;
  }
}

function collectPcms(value: string, previous: string[]): string[] {
  const parsed = alsaPcmSchema.safeParse(value);
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? '');
  return [...previous, parsed.data];
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      `Expected a whole number from ${String(least)} to ${String(most)}.`,
    );
  };
}

/** A segment is a whole number of seconds: only there do packets of both streams end together. */
function segmentSeconds(text: string): number {
  const seconds = parseDuration(text) / 1000;
  if (Number.isInteger(seconds) && seconds <= 3600) return seconds;
  throw new InvalidArgumentError('Expected whole seconds, from 1s to 1h.');
}

function instant(text: string): string {
  const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/;
  const ms = iso.test(text) ? Date.parse(text) : Number.NaN;
  // A day or an hour that does not exist is read as the one after.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text.slice(0, 13))) {
    throw new InvalidArgumentError('Expected a date or a UTC time, e.g. 2026-11-21T18:00:00Z.');
  }
  return new Date(ms).toISOString();
}
