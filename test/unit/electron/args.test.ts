import { describe, expect, it } from 'vitest';
import { ownArguments, parseArguments } from '../../../electron/args';

const NOTHING = {
  kiosk: false,
  demo: false,
  dataDir: null,
  newStation: false,
  profileDir: null,
};

describe('the console’s arguments', () => {
  it('are all optional', () => {
    expect(parseArguments([])).toEqual({ kind: 'run', arguments: NOTHING });
  });

  it.each([
    [['--kiosk'], { kiosk: true }],
    [['--demo'], { demo: true }],
    [['--new-station'], { newStation: true }],
    [['--data', '/srv/x'], { dataDir: '/srv/x' }],
    [['--data=/srv/x=y z'], { dataDir: '/srv/x=y z' }],
    [['--data', '-odd'], { dataDir: '-odd' }],
    [['--user-data-dir=/tmp/p', '--kiosk'], { profileDir: '/tmp/p', kiosk: true }],
  ])('%j is understood', (argv, expected) => {
    expect(parseArguments(argv)).toEqual({ kind: 'run', arguments: { ...NOTHING, ...expected } });
  });

  it.each([
    ['--kisok'],
    ['--kiosks'],
    ['--dat', '/x'],
    ['--demo=yes'],
    ['--new-station=yes'],
    ['--new'],
    ['--data'],
    ['--data='],
    ['--data', '--kiosk'],
    ['--demo', '--data', '/x'],
    ['--user-data-dir', '/x'],
    ['somewhere'],
    ['-x'],
    ['--'],
    [''],
    ['--nope'],
    ['--logs'],
    ['--used'],
  ])('%j is refused in one sentence', (...argv) => {
    const parsed = parseArguments(argv);
    expect(parsed.kind).toBe('wrong');
    if (parsed.kind === 'wrong')
      expect(parsed.sentence).toMatch(/^[^\n]+\. --help lists the options\.$/);
  });

  it.each([
    '--no-sandbox',
    '--disable-gpu',
    '--disable-features=A,B',
    '--enable-logging=stderr',
    '--enable-logging',
    '--remote-debugging-port=0',
    '--inspect=0',
    '--inspect-brk=127.0.0.1:9229',
    '--ozone-platform=wayland',
    '--ozone-platform-hint=auto',
    '--force-device-scale-factor=1.5',
    '--use-gl=egl',
    '--js-flags=--max-old-space-size=512',
    '--touch-events=enabled',
    '--v=1',
    '--lang=de',
    '--password-store=basic',
    '--in-process-gpu',
    '--trace-warnings',
  ])('%s is the runtime’s and passes', (name) => {
    expect(parseArguments([name, '--kiosk'])).toMatchObject({
      kind: 'run',
      arguments: { kiosk: true },
    });
  });

  it('ask for help and version before anything else is judged', () => {
    expect(parseArguments(['--help', '--kisok']).kind).toBe('help');
    expect(parseArguments(['-h']).kind).toBe('help');
    expect(parseArguments(['--version']).kind).toBe('version');
  });
});

describe('the console’s own arguments in argv', () => {
  it('follow the executable in a package', () => {
    expect(ownArguments(['/opt/console', '--kiosk'], false)).toEqual(['--kiosk']);
  });

  it('follow the application’s folder when run from source', () => {
    const argv = [
      'electron',
      '--inspect=0',
      '-r',
      '/x/loader.js',
      '--no-sandbox',
      '.',
      '--data',
      '/d',
    ];
    expect(ownArguments(argv, true)).toEqual(['--data', '/d']);
  });

  it('keep the profile folder, which may stand before it', () => {
    expect(ownArguments(['electron', '--user-data-dir=/p', '.', '--demo'], true)).toEqual([
      '--user-data-dir=/p',
      '--demo',
    ]);
  });
});
