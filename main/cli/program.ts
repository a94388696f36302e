import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ORPCError } from '@orpc/client';
import { z } from 'zod';
import type { StationClient } from '@shared/contract';
import { alsaPcmSchema } from '@shared/model/device';
import { tagNameSchema } from '@shared/model/tag';
import { type ExportFormat, exportFormatSchema } from '@shared/model/export';
import { type Stream, streamSchema } from '@shared/model/recording';
import {
  optionNameSchema,
  remoteTypeSchema,
  type UploadWindow,
  uploadWindowSchema,
} from '@shared/model/remote';
import { LONGEST_PAUSE_MS, type Schedule } from '@shared/model/schedule';
import { toInstant } from '@shared/model/time';
import { chosenDataDir, dataFolderAt, defaultDataDir } from '../data-folder';
import { asDatabaseError } from '../database/database-error';
import type { Installation } from '../installation';
import { ConflictError, InvalidValueError, NotFoundError } from '../request-error';
import { parseSettingValue, resolveSettingKey } from '../settings/setting-key';
import { StationError } from '../station-error';
import { AlreadySaid } from './already-said';
import { askSecrets } from './ask-secrets';
import { audit } from './audit';
import {
  type CertificateRequest,
  checkCertificate,
  checkRequest,
  type CheckRequest,
  issueCertificate,
} from './certificates';
import { confirmClock } from './confirm-clock';
import { connectStation } from './connect';
import { calendarDay } from './day';
import { deviceName } from './device-name';
import { parseDuration } from './duration';
import { exportRecordings } from './export-recordings';
import { cancelImport, importFiles, reportImport, showImports } from './import-files';
import { instant } from './instant';
import { isLineBroken } from './line-broken';
import {
  describeRecording,
  discardRecordings,
  protectRecordings,
  purgeRecordings,
  restoreRecordings,
  tagRecordings,
} from './edit-recordings';
import { type Output, printable } from './output';
import {
  showDevice,
  showDevices,
  showProfiles,
  showRecordings,
  showSettings,
  showStatus,
} from './queries';
import { collectIds } from './recording-ids';
import {
  addRemote,
  backfillRemote,
  editRemote,
  type NamedValue,
  type NewRemoteWords,
  pauseRemote,
  type RemoteWords,
  removeRemote,
  resumeRemote,
  secretsToAsk,
  showRemotes,
  testRemote,
} from './remotes';
import { reconcileRemote } from './reconcile-remote';
import { run } from './run';
import { parseSchedule } from './schedule-words';
import {
  filterOf,
  type FilterOptions,
  selectionOf,
  type SelectionOptions,
  withFilter,
  withSelection,
} from './selection-options';
import { showAlerts } from './show-alerts';
import { showAnalysis } from './show-analysis';
import { backUpDatabase, showDatabase } from './show-database';
import { showCoverage } from './show-coverage';
import { fetchBack, showCustody } from './show-custody';
import { JANITOR_WORDS, type JanitorWord, showJanitor } from './show-janitor';
import { mustNotGoOn, showRecorder } from './show-recorder';
import { showSchedule } from './show-schedule';
import { showUploads, type UploadsRequest } from './show-uploads';
import { UsageError } from './usage-error';
import { checkVerify, verify, type VerifyRequest } from './verify';

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
    if (error instanceof AlreadySaid) return EXIT.failed;
    output.err(sentenceOf(error));
    return isBadValue(error) ? EXIT.badUsage : EXIT.failed;
  }
}

/** Is it the typed value that cannot be, whoever found out? */
function isBadValue(error: unknown): boolean {
  return (
    error instanceof UsageError ||
    error instanceof InvalidValueError ||
    (error instanceof ORPCError && error.code === 'INVALID_VALUE')
  );
}

function sentenceOf(error: unknown): string {
  const expected =
    error instanceof StationError ||
    error instanceof UsageError ||
    error instanceof NotFoundError ||
    error instanceof ConflictError ||
    error instanceof InvalidValueError;
  if (expected) return error.message;
  if (error instanceof ORPCError) return answerIn(error);
  if (isLineBroken(error)) return 'The console ended before it had answered.';
  // Not foreseen: the place in the code is what helps whoever is told of it.
  return `Something went wrong that was not foreseen: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** A refused request in words: without the names that only the program knows. */
function answerIn(error: Refusal): string {
  const refused = schemaProblems.safeParse(error.data);
  if (error.code === 'BAD_REQUEST' && refused.success) {
    const problems = refused.data.issues.map(({ message }) => message);
    return `That cannot be: ${problems.join('; ')}.`;
  }
  return error.message.replace(/^(paths\.\d+|options\.\w+): /, '');
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly data: unknown;
}

const schemaProblems = z.object({ issues: z.array(z.object({ message: z.string() })).min(1) });

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
      .addOption(dataOption())
      .option('--json', 'one JSON document, or one per line for what goes on', false);

  const ask = async (
    shared: Shared,
    question: (client: StationClient) => Promise<void>,
    purpose: 'read' | 'change' = 'read',
  ): Promise<void> => {
    try {
      const connected = await connectStation(shared.data, installation, purpose);
      if (connected.notice !== null) output.err(printable(connected.notice));
      try {
        await question(connected.client);
      } finally {
        await connected.close();
      }
    } catch (error) {
      throw asDatabaseError(error, dataFolderAt(shared.data).databaseFile); // a full disk, say
    }
  };
  const change = (
    shared: Shared,
    request: (client: StationClient) => Promise<void>,
  ): Promise<void> => ask(shared, request, 'change');

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
    .option('--new-station', 'make a new station where the disk of a known one is missing', false)
    .action(
      async (
        options: Shared & {
          simulate?: number;
          alsa: string[];
          profile?: string;
          segment?: number;
          for?: number;
          demo: boolean;
          newStation: boolean;
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
            newStation: options.newStation,
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
  command('enroll', 'accept a microphone that waits for a decision, or take back `ignore`')
    .argument('<device>')
    .option('--profile <slug>', 'record it with this profile')
    .action((name: string, options: Shared & { profile?: string }) =>
      change(options, async (client) => {
        const { profile: profileSlug } = options;
        if (profileSlug !== undefined) await client.devices.setProfile({ name, profileSlug });
        showDevice(await client.devices.enroll({ name }), options.json, output);
      }),
    );
  command('ignore', 'never record this microphone, until it is enrolled')
    .argument('<device>')
    .action((name: string, options: Shared) =>
      change(options, async (client) => {
        showDevice(await client.devices.ignore({ name }), options.json, output);
      }),
    );
  command('alerts', 'what is wrong, the oldest first; with --all what was, the newest first')
    .option('--all', 'those that are over, too', false)
    .option('--limit <n>', 'at most this many', wholeNumber(1, 10_000), 100)
    .action((options: Shared & { all: boolean; limit: number }) =>
      ask(options, (client) => showAlerts(client, options, options.json, output)),
    );
  command('uploads', 'every attempt to upload a recording, the newest first')
    .option('--remote <remote>', 'to this one only')
    .option('--recording <id>', 'of this one only', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--failed', 'those that failed only', false)
    .option('--limit <n>', 'at most this many', wholeNumber(1, 10_000), 100)
    .action((options: Shared & UploadsRequest) =>
      ask(options, (client) => showUploads(client, options, options.json, output)),
    );
  command('analysis', 'waveforms, pictures and your own command: how far each is')
    .option('--retry <worker>', 'let it try again what it failed at')
    .action((options: Shared & { retry?: string }) => {
      const { retry, json } = options;
      const purpose = retry === undefined ? 'read' : 'change';
      return ask(options, (client) => showAnalysis(client, retry, json, output), purpose);
    });
  command('database', 'how the database is, and which copies of it there are').action(
    (options: Shared) => ask(options, (client) => showDatabase(client, options.json, output)),
  );
  command('backup', 'make a verified copy of the database now').action((options: Shared) =>
    change(options, (client) => backUpDatabase(client, options.json, output)),
  );
  command('start', 'switch a microphone on')
    .argument('<device>')
    .action((device: string, options: Shared) =>
      change(options, async (client) => {
        showRecorder(await client.recorders.start({ device }), Date.now(), options.json, output);
      }),
    );
  command('stop', 'switch a microphone off, until it is switched on again')
    .argument('<device>')
    .action((device: string, options: Shared) =>
      change(options, async (client) => {
        const status = await client.recorders.stop({ device });
        showRecorder(status, Date.now(), options.json, output);
        mustNotGoOn(status, output);
      }),
    );
  command('pause', 'let a microphone rest; it goes on by itself')
    .argument('<device>')
    .option('--until <time>', 'until this time (UTC), e.g. 2026-11-21T18:00Z', instant)
    .option('--for <time>', 'for this long, e.g. 2h; a week at most', pauseDuration)
    .action((device: string, options: Shared & { until?: string; for?: number }) => {
      const until = pauseEnd(options);
      return change(options, async (client) => {
        const status = await client.recorders.pause({ device, until });
        showRecorder(status, Date.now(), options.json, output);
        mustNotGoOn(status, output);
      });
    });
  command('resume', 'end a pause')
    .argument('<device>')
    .action((device: string, options: Shared) =>
      change(options, async (client) => {
        showRecorder(await client.recorders.resume({ device }), Date.now(), options.json, output);
      }),
    );
  command('schedule', 'when a microphone records; with words, change it')
    .argument('<device>')
    .argument('[when...]', 'always | hours 18:00-06:00,… | sun dusk-30..dawn+30,…')
    .allowUnknownOption() // "dusk -30" looks like one
    .action((device: string, words: string[], options: Shared) => {
      const unknown = words.find((word) => /^-(-|[a-z])/i.test(word));
      if (unknown !== undefined) throw new UsageError(`error: unknown option '${unknown}'`);
      const schedule = words.length === 0 ? null : scheduleOf(words);
      const purpose = schedule === null ? 'read' : 'change';
      const request = async (client: StationClient): Promise<void> => {
        if (schedule !== null) await client.recorders.setSchedule({ device, schedule });
        await showSchedule(client, device, Date.now(), options.json, output);
      };
      return ask(options, request, purpose);
    });
  command('profiles', 'how each kind of microphone is recorded').action((options: Shared) =>
    ask(options, (client) => showProfiles(client, options.json, output)),
  );
  withFilter(command('recordings', 'what was recorded, the newest first'))
    .option('--id <n>', 'this one; may be given several times', collectIds, [])
    .option('--limit <n>', 'at most this many', wholeNumber(1, 1_000_000), 100)
    .action((options: Shared & FilterOptions & { id: number[]; limit: number }) => {
      const request = { ids: options.id, filter: filterOf(options), limit: options.limit };
      if (request.ids.length > 0) selectionOf({ ...options, all: false }); // one or the other
      return ask(options, (client) => showRecordings(client, request, options.json, output));
    });
  withSelection(command('tag', 'put tags on recordings, or take them off'))
    .argument('[tag...]', 'to put on')
    .option('--remove <tag>', 'to take off; may be given several times', collectWords, [])
    .action((add: string[], options: Shared & SelectionOptions & { remove: string[] }) => {
      const { remove, json } = options;
      if (add.length + remove.length === 0) throw new UsageError('Say which tags.');
      const wrong = [...add, ...remove].find((tag) => !tagNameSchema.safeParse(tag).success);
      if (wrong !== undefined) {
        throw new UsageError(`"${wrong}" is no tag: 1 to 64 characters are expected.`);
      }
      const request = { selection: selectionOf(options), add, remove };
      return change(options, (client) => tagRecordings(client, request, json, output));
    });
  command('describe', 'write what a recording is called, and what there is to say of it')
    .argument('<id>', 'as "recordings" lists it', oneId)
    .option('--title <text>', 'empty: none')
    .option('--description <text>', 'empty: none')
    .option('--notes <text>', 'empty: none')
    .action(
      (id: number, options: Shared & { title?: string; description?: string; notes?: string }) => {
        const { title, description, notes, json } = options;
        if ((title ?? description ?? notes) === undefined) {
          throw new UsageError('Say what to write: --title, --description or --notes.');
        }
        const request = {
          id,
          ...(title === undefined ? {} : { title }),
          ...(description === undefined ? {} : { description }),
          ...(notes === undefined ? {} : { notes }),
        };
        return change(options, (client) => describeRecording(client, request, json, output));
      },
    );
  withSelection(command('protect', 'never delete recordings to make room'))
    .option('--off', 'they may be deleted again', false)
    .action((options: Shared & SelectionOptions & { off: boolean }) => {
      const request = { selection: selectionOf(options), protected: !options.off };
      return change(options, (client) => protectRecordings(client, request, options.json, output));
    });
  withSelection(command('discard', 'put recordings into the bin; no file is touched')).action(
    (options: Shared & SelectionOptions) => {
      const selection = selectionOf(options);
      return change(options, (client) =>
        discardRecordings(client, selection, options.json, output),
      );
    },
  );
  withSelection(command('restore', 'take recordings out of the bin')).action(
    (options: Shared & SelectionOptions) => {
      const selection = selectionOf(options);
      return change(options, (client) =>
        restoreRecordings(client, selection, options.json, output),
      );
    },
  );
  withSelection(
    command('purge', 'remove for good what lies in the bin; without --yes, tell what that is'),
  )
    .option('--yes <n>', 'the number of recordings that it tells', wholeNumber(1, 1e9))
    .option(
      '--reason <words>',
      'why, for the audit log, which keeps it for ever: no names',
      'by hand',
    )
    .action((options: Shared & SelectionOptions & { yes?: number; reason: string }) => {
      const { yes, reason, json } = options;
      const confirm = yes === undefined ? undefined : String(yes);
      const request = { selection: selectionOf(options), confirm, reason };
      const purpose = confirm === undefined ? 'read' : 'change';
      return ask(options, (client) => purgeRecordings(client, request, json, output), purpose);
    });

  withSelection(
    command(
      'export',
      'copy recordings into a new folder in <folder>; nothing there is overwritten',
    ),
  )
    .argument('<folder>', 'e.g. a stick; a folder on the machine where the console runs')
    .addOption(
      new Option('--format <format>', 'in which form')
        .choices(exportFormatSchema.options)
        .default('wav'),
    )
    .addOption(
      new Option('--stream <stream>', 'which files of each recording')
        .choices([...streamSchema.options, 'both'])
        .default('raw'),
    )
    .action(
      (
        folder: string,
        options: Shared & SelectionOptions & { format: ExportFormat; stream: Stream | 'both' },
      ) => {
        const { format, stream, json } = options;
        const streams = stream === 'both' ? streamSchema.options : [stream];
        const order = {
          folder: someFolder(folder),
          format,
          streams,
          selection: selectionOf(options),
        };
        return ask(
          options,
          (client) => exportRecordings(client, order, json, output),
          // What a person asked for is written down.
          format === 'personal_data' ? 'change' : 'read',
        );
      },
    );
  command(
    'verify',
    'are files still what was recorded? Without any: how far the station is. Ends with 1 if one is not',
  )
    .argument('[id...]', 'recordings to read now', collectIds, [])
    .option('--all', 'read all that are here', false)
    .option('--pause', 'the station reads no more until --resume, or its next start', false)
    .option('--resume', 'it goes on', false)
    .action((ids: number[], options: Shared & Omit<VerifyRequest, 'ids'>) => {
      const request = { ...options, ids };
      checkVerify(request);
      return change(options, (client) => verify(client, request, options.json, output));
    });
  command('audit', 'compare what the database says with the files, both ways, and put it right')
    .option('--accept-loss', 'files are really gone: mark even most recordings as missing', false)
    .action((options: Shared & { acceptLoss: boolean }) =>
      change(options, (client) => audit(client, options.acceptLoss, options.json, output)),
    );
  command(
    'janitor',
    'what makes room on the disk: how it is, what would go next, what went and why',
  )
    .addArgument(
      new Argument('[what]', 'what is asked; `run`: make room now')
        .choices(JANITOR_WORDS)
        .default('status'),
    )
    .option('--dry', 'with `run`: only tell what would be deleted', false)
    .option('--limit <n>', 'with `plan` and `history`: at most this many', wholeNumber(1, 500), 50)
    .action((word: JanitorWord, options: Shared & { dry: boolean; limit: number }) => {
      const asked = { word, dry: options.dry, limit: options.limit };
      const purpose = word === 'run' && !options.dry ? 'change' : 'read';
      return ask(options, (client) => showJanitor(client, asked, options.json, output), purpose);
    });
  command('import', 'copy sound files and folders, e.g. of an SD card, into the library')
    .argument('[path...]')
    .option('--device <name>', 'of this microphone; else what each file says of itself', deviceName)
    .option('--timezone <zone>', 'of times that carry none, e.g. Europe/Berlin; else the station’s')
    .option('--tag <name>', 'tag all of them; may be given several times', collectTags, [])
    .option('--status', 'how far imports are, instead', false)
    .option(
      '--cancel',
      'end the one that goes on, or waits for a console; what it took stays',
      false,
    )
    .option('--report <n>', 'what became of each file of this import', wholeNumber(1, 1e9))
    .action((paths: string[], options: Shared & ImportChoice) => {
      const { json, device, timezone, tag, report } = options;
      checkImport(paths, options);
      if (options.status) return ask(options, (client) => showImports(client, json, output));
      if (report !== undefined) {
        return ask(options, (client) => reportImport(client, report, json, output));
      }
      if (options.cancel) return change(options, (client) => cancelImport(client, json, output));
      const wishes = {
        ...(device === undefined ? {} : { device }),
        ...(timezone === undefined ? {} : { timezone }),
      };
      return change(options, (client) =>
        importFiles(client, { paths, tag, ...wishes }, json, output),
      );
    });

  command('coverage', 'what was recorded on a day of what should have been, and why not all')
    .option(
      '--day <day>',
      'day in the station’s time zone, e.g. 2026-11-21; else today',
      calendarDay,
    )
    .option('--device <name>', 'of this microphone only')
    .action((options: Shared & { day?: string; device?: string }) =>
      ask(options, (client) => showCoverage(client, options, Date.now(), options.json, output)),
    );
  command('certificate', 'certify what was recorded in a night, signed with the station’s key')
    .option('--night <day>', 'from noon of this day to noon of the next', calendarDay)
    .option('--from <time>', 'from this time (UTC)', instant)
    .option('--to <time>', 'before this time (UTC); two days at most', instant)
    .option('--device <name>', 'of this microphone only')
    .option('--out <file>', 'write the certificate here')
    .option('--html <file>', 'write a page to be printed here')
    .action((options: Shared & CertificateRequest) => {
      checkRequest(options);
      return ask(options, (client) => issueCertificate(client, options, options.json, output));
    });
  program
    .command('verify-certificate')
    .description(
      'is a certificate unchanged and sound? Ends with 0 if it is, with 1 if it is not, with 2 if it cannot be told: no such file or folder',
    )
    .argument('<file>')
    .addOption(
      new Option(
        '--data <dir>',
        'compare key and files in this data folder with it, too; else in $SILVASONIC_DATA',
      )
        .argParser(someFolder)
        .default(chosenDataDir(process.env)),
    )
    .option('--key <fingerprint>', 'the key that it must be signed with (SHA256:…)', keyFingerprint)
    .option('--json', 'one JSON document', false)
    .action((file: string, options: CheckRequest & { json: boolean }) =>
      checkCertificate(file, options, options.json, output),
    );

  const clock = program.command('clock').description('the station’s clock');
  clock
    .command('confirm')
    .description('you compared the clock of this machine with a better one, and it is right')
    .addOption(dataOption())
    .option('--json', 'one JSON document', false)
    .action((options: Shared) =>
      change(options, (client) => confirmClock(client, options.json, output)),
    );

  const remotes = program.command('remotes').description('the places that recordings are sent to');
  const remotesCommand = (name: string, description: string): Command =>
    remotes
      .command(name)
      .description(description)
      .addOption(dataOption())
      .option('--json', 'one JSON document', false);
  remotesCommand('list', 'how each stands, in the order in which they are served').action(
    (options: Shared) => ask(options, (client) => showRemotes(client, options.json, output)),
  );
  withRemoteOptions(
    remotesCommand(
      'add <name>',
      'send what is recorded from now on to another place, after a test',
    ),
  )
    .addOption(
      new Option('--type <type>', 'what kind of place')
        .choices(remoteTypeSchema.options)
        .makeOptionMandatory(),
    )
    .option('--slug <slug>', 'what it is called here; otherwise made of its name')
    .option('--no-test', 'add it even if it cannot be reached now')
    .action(async (name: string, options: Shared & RemoteChoice & NewRemoteWords) => {
      const secrets = await askSecrets(secretsToAsk(options.type, options.secret));
      return change(options, (client) =>
        addRemote(client, { ...options, name }, secrets, options.json, output),
      );
    });
  withRemoteOptions(remotesCommand('edit <remote>', 'change what is said of it'))
    .option('--name <words>', 'what people call it')
    .action(async (slug: string, options: Shared & RemoteChoice & { name?: string }) => {
      const secrets = await askSecrets(options.secret);
      return change(options, (client) =>
        editRemote(client, slug, options, secrets, options.json, output),
      );
    });
  remotesCommand('test <remote>', 'write, read back and remove a small file there').action(
    (slug: string, options: Shared) =>
      change(options, (client) => testRemote(client, slug, options.json, output)),
  );
  remotesCommand('pause <remote>', 'send nothing to it until it is resumed').action(
    (slug: string, options: Shared) =>
      change(options, (client) => pauseRemote(client, slug, options.json, output)),
  );
  remotesCommand('resume <remote>', 'end a pause, or try again after a refusal').action(
    (slug: string, options: Shared) =>
      change(options, (client) => resumeRemote(client, slug, options.json, output)),
  );
  remotesCommand('backfill <remote>', 'send it what was recorded before it was added, too').action(
    (slug: string, options: Shared) =>
      change(options, (client) => backfillRemote(client, slug, options.json, output)),
  );
  remotesCommand(
    'reconcile <remote>',
    'compare what lies there with the database, and correct what the database says of it',
  ).action((slug: string, options: Shared) =>
    change(options, (client) => reconcileRemote(client, slug, options.json, output)),
  );
  remotesCommand('remove <remote>', 'send nothing to it any more; without --yes, tell what that is')
    .option('--yes', 'remove it; what lies there stays there', false)
    .action((slug: string, options: Shared & { yes: boolean }) =>
      ask(
        options,
        (client) => removeRemote(client, slug, options.yes, options.json, output),
        options.yes ? 'change' : 'read',
      ),
    );

  command('custody', 'where a recording is, and what that rests on')
    .usage('[fetch] <recording> [options]')
    .argument('<words...>', 'its number; after `fetch`: bring it back from a remote')
    .action((words: string[], options: Shared) => {
      const isFetch = words[0] === 'fetch';
      const id = recordingNumber(isFetch ? words.slice(1) : words);
      return isFetch
        ? change(options, (client) => fetchBack(client, id, options.json, output))
        : ask(options, (client) => showCustody(client, id, options.json, output));
    });

  const settings = program.command('settings').description('read or change settings');
  const settingsCommand = (name: string, description: string): Command =>
    settings
      .command(name)
      .description(description)
      .addOption(dataOption())
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
      return change(options, async (client) => {
        await client.settings.set({ key, value: parsed });
        await showSettings(client, key, options.json, output);
      });
    },
  );
  return program;
}

interface RemoteChoice extends RemoteWords {
  readonly secret: string[];
}

function withRemoteOptions(command: Command): Command {
  return command
    .option(
      '--option <name=value>',
      'e.g. url=https://…; may be given several times',
      collectNamed,
      [],
    )
    .option(
      '--secret <name>',
      'e.g. pass: asked without an echo, or read from SILVASONIC_SECRET_<NAME> or standard input',
      collectNames,
      [],
    )
    .option('--base-path <path>', 'where on it recordings lie')
    .option('--limit <rate>', 'at most so much per second, e.g. 1M; none: no limit')
    .option('--hours <from-to>', 'local hours, e.g. 22-6; none: at any time', uploadHours);
}

function collectNames(name: string, before: readonly string[]): string[] {
  if (optionNameSchema.safeParse(name).success) return [...before, name];
  // Whoever types the secret itself must not find it repeated.
  throw new InvalidArgumentError('Expected the name of an option, e.g. pass; never its value.');
}

function collectNamed(text: string, before: readonly NamedValue[]): NamedValue[] {
  const at = text.indexOf('=');
  if (at > 0) return [...before, [text.slice(0, at), text.slice(at + 1)]];
  throw new InvalidArgumentError('Expected a name, = and a value.');
}

function uploadHours(text: string): UploadWindow | 'none' {
  if (text === 'none') return text;
  const match = /^(\d{1,2})-(\d{1,2})$/.exec(text);
  const window = uploadWindowSchema.safeParse({
    startHour: Number(match?.[1]),
    endHour: Number(match?.[2]),
  });
  if (window.success) return window.data;
  throw new InvalidArgumentError('Expected two hours of 0 to 23, e.g. 22-6.');
}

function recordingNumber(words: readonly string[]): number {
  const [text = ''] = words;
  const id = Number(text);
  if (words.length === 1 && /^\d{1,15}$/.test(text) && id > 0) return id;
  throw new UsageError('Say one recording, by its number.');
}

function dataOption(): Option {
  return new Option('--data <dir>', 'data folder')
    .argParser(someFolder)
    .default(defaultDataDir(process.env), 'the user’s own');
}

/** An empty one would be the current folder: `--data "$UNSET"`. */
function someFolder(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('--data needs a folder.');
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

function scheduleOf(words: readonly string[]): Schedule {
  try {
    return parseSchedule(words.join(' '));
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw new UsageError(error.message);
    throw error;
  }
}

function keyFingerprint(text: string): string {
  if (/^SHA256:[0-9a-f]{64}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected SHA256: and 64 hexadecimal characters.');
}

function pauseDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms <= LONGEST_PAUSE_MS) return ms;
  throw new InvalidArgumentError('Expected a week at most.');
}

function pauseEnd(options: { until?: string; for?: number }): string {
  const { until, for: forMs } = options;
  if (until !== undefined && forMs === undefined) return until;
  if (until === undefined && forMs !== undefined) return toInstant(Date.now() + forMs);
  throw new UsageError('Say how long: either --until <time> or --for <time>.');
}

interface ImportChoice {
  readonly device?: string;
  readonly timezone?: string;
  readonly tag: string[];
  readonly status: boolean;
  readonly cancel: boolean;
  readonly report?: number;
}

/** @throws UsageError unless exactly one thing is asked */
function checkImport(paths: readonly string[], choice: ImportChoice): void {
  const { status, cancel, report } = choice;
  const asked = [paths.length > 0, status, cancel, report !== undefined].filter(Boolean).length;
  if (asked === 1) return;
  throw new UsageError('Say one of these: what to import, --status, --cancel or --report <n>.');
}

function oneId(text: string): number {
  return collectIds(text, [])[0] ?? 0;
}

function collectTags(text: string, previous: string[]): string[] {
  const parsed = tagNameSchema.safeParse(text);
  if (parsed.success) return [...previous, parsed.data];
  throw new InvalidArgumentError('Expected 1 to 64 characters.');
}

function collectWords(word: string, before: string[]): string[] {
  return [...before, word];
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
