import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../support/command-line';
import { temporaryFolder } from '../../support/temporary-folder';

/** What is typed, and what the one line says. */
const BAD: readonly [string[], RegExp][] = [
  [['frobnicate'], /unknown command 'frobnicate'/],
  [['stauts'], /unknown command 'stauts'[\s\S]*Did you mean status/],
  [['status', '--loud'], /unknown option '--loud'/],
  [['run', '--simulat', '2'], /unknown option '--simulat'[\s\S]*Did you mean --simulate/],
  [['status', 'now'], /too many arguments/],
  [['run', '--data'], /'--data <dir>' argument missing/],
  [['run', '--simulate', '-1'], /'-1' is invalid.*whole number from 0 to 16/],
  [['run', '--simulate', '17'], /'17' is invalid.*whole number from 0 to 16/],
  [['run', '--simulate', '2.5'], /'2.5' is invalid/],
  [['run', '--simulate', 'two'], /'two' is invalid/],
  [['run', '--simulate', ''], /'' is invalid/],
  [['run', '--for', 'soon'], /'soon' is invalid.*time with its unit/],
  [['run', '--for', '0s'], /'0s' is invalid/],
  [['run', '--segment', '10'], /'10' is invalid.*time with its unit/],
  [['run', '--segment', '1.5s'], /'1.5s' is invalid.*whole seconds/],
  [['run', '--segment', '2h'], /'2h' is invalid.*whole seconds, from 1s to 1h/],
  [['recordings', '--limit', '0'], /'0' is invalid.*from 1 to/],
  [['recordings', '--limit', 'all'], /'all' is invalid/],
  [['recordings', '--from', 'yesterday'], /'yesterday' is invalid.*date or a UTC time/],
  [['recordings', '--from', '2026-13-01'], /'2026-13-01' is invalid/],
  [['recordings', '--from', '2026-02-30'], /'2026-02-30' is invalid/],
  [['recordings', '--from', '2026-02-30T10:00:00Z'], /'2026-02-30T10:00:00Z' is invalid/],
  [['recordings', '--to', '2026-05-01T24:00:00Z'], /is invalid/],
  [['recordings', '--to', '2026-05-01T10:00:00'], /is invalid/],
  [['recordings', '--to', '2026-05-01T10:00:00+99:00'], /is invalid/],
  [['recordings', '--to', '2026-05-01+02:00'], /is invalid/],
  [['recordings', '--to', '2026-02-30T10:00:00+02:00'], /is invalid/],
  [
    ['recordings', '--from', '2026-05-02', '--to', '2026-05-01'],
    /2026-05-02T\S+ is not before --to 2026-05-01T\S+/,
  ],
  [['schedule'], /missing required argument 'device'/],
  [['schedule', 'sim-1', 'sometimes'], /Expected a schedule, e\.g\. "always"/],
  [['schedule', 'sim-1', 'hours'], /"hours" needs at least one window/],
  [['schedule', 'sim-1', 'hours', '18-6'], /"18-6" is not a window like 18:00-06:00/],
  [['schedule', 'sim-1', 'hours', '25:00-06:00'], /"25:00" is not a time of day/],
  [['schedule', 'sim-1', 'sun', 'dawn+9999..dusk'], /"dawn\+9999" is too far.*720 minutes/],
  [['schedule', 'sim-1', 'sun', 'dusk..dawn', '--loud'], /unknown option '--loud'/],
  [['status', '--data', ''], /--data needs a folder/],
  [['run', '--data', ' '], /--data needs a folder/],
  [['verify-certificate', 'a.json', '--data', ''], /--data needs a folder/],
  [['schedule', 'sim-1', 'sun', 'dusk..tea'], /"tea" is not what the sun does/],
  [['schedule', 'sim-1', 'always', '18:00-06:00'], /"always" has no hours/],
  [['pause', 'sim-1'], /either --until <time> or --for <time>/],
  [['pause', 'sim-1', '--for', '1h', '--until', '2026-11-21'], /either --until/],
  [['pause', 'sim-1', '--for', 'ever'], /'ever' is invalid.*time with its unit/],
  [['pause', 'sim-1', '--for', '8d'], /'8d' is invalid.*a week at most/],
  [['pause', 'sim-1', '--until', 'monday'], /'monday' is invalid.*date or a UTC time/],
  [['resume'], /missing required argument 'device'/],
  [['start'], /missing required argument 'device'/],
  [['stop', 'sim-1', 'sim-2'], /too many arguments/],
  [['alerts', '--limit', '0'], /'0' is invalid.*from 1 to 10000/],
  [['alerts', 'all'], /too many arguments/],
  [['coverage', '--day', '21.11.2026'], /'21.11.2026' is invalid.*Expected a day/],
  [['coverage', '--day', '2026-02-30'], /'2026-02-30' is invalid.*Expected a day/],
  [['certificate'], /Say which time: either --night <day>, or --from <time> and --to <time>/],
  [['certificate', '--night', '2026-11-21', '--from', '2026-11-21'], /Say which time/],
  [['certificate', '--from', '2026-11-21'], /Say which time/],
  [['certificate', '--from', '2026-11-22', '--to', '2026-11-21'], /is not before --to/],
  [['verify-certificate'], /missing required argument 'file'/],
  [['verify-certificate', 'a.json', '--key', 'SHA256:ab'], /64 hexadecimal characters/],
  [['verify-certificate', 'none.json'], /none\.json cannot be read: there is no such file/],
  [['clock', 'confirmed'], /unknown command 'confirmed'/],
  [['settings', 'gett'], /unknown command 'gett'/],
  [['settings', 'get', 'system.colour'], /There is no setting "system\.colour"/],
  [['settings', 'set', 'system.station_name'], /missing required argument 'value'/],
  [['settings', 'set', 'colour', 'red'], /There is no setting "colour"/],
  [
    ['settings', 'set', 'system.max_recorders', 'many'],
    /system\.max_recorders: expected a number, received "many"/,
  ],
  [['settings', 'set', 'system.auto_enrollment', 'yes'], /expected true or false, received "yes"/],
];

describe('a command line that cannot be', () => {
  it.each(BAD)(
    '%j ends with 2 and says why in one line, and nothing is made',
    async (args, why) => {
      const data = join(temporaryFolder(), 'data');
      const withData = args.includes('--data') ? args : [...args, '--data', data];
      const { exitCode, out, err } = await commandLine(
        args[0] === 'frobnicate' || args[0] === 'stauts' ? args : withData,
      );
      const said = err.join('\n');
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: [] });
      expect(said).toMatch(why);
      expect(said).not.toMatch(/\n\s+at |Error:/);
      // One sentence; a suggestion may follow it.
      expect(said.replace(/\n\(Did you mean .*\)$/, '').split('\n')).toHaveLength(1);
      expect(existsSync(data)).toBe(false);
    },
  );

  it.each([[[]], [['settings']]])('%j says what there is, and ends with 2', async (args) => {
    const { exitCode, err } = await commandLine(args);
    expect(exitCode).toBe(2);
    expect(err.join('\n')).toMatch(/Usage: station/);
  });
});

describe('being asked for help', () => {
  it.each([
    [['--help']],
    [['run', '--help']],
    [['help', 'recordings']],
    [['settings', 'set', '--help']],
  ])('%j is done', async (args) => {
    const { exitCode, out, err } = await commandLine(args);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
    expect(out.join('\n')).toMatch(/Usage: station/);
  });

  it('the version is told', async () => {
    expect(await commandLine(['--version'])).toEqual({ exitCode: 0, out: ['0.0.0-test'], err: [] });
  });
});
