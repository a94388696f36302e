/** What was asked for on the console's command line. */
export interface ConsoleArguments {
  /** Full screen, whatever the settings say. */
  readonly kiosk: boolean;
  /** A simulated microphone in a temporary data folder. */
  readonly demo: boolean;
  /** As typed; null = the usual place. */
  readonly dataDir: string | null;
  /** Make a new station where the disk of a known one is missing. */
  readonly newStation: boolean;
  /** Chromium's own switch for the folder of the window's profile; null = the usual place. */
  readonly profileDir: string | null;
}

export type ParsedArguments =
  | { readonly kind: 'run'; readonly arguments: ConsoleArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly sentence: string };

export const USAGE = `Usage: silvasonic-station-console [--kiosk] [--demo] [--data DIR] [--new-station]

  --kiosk      open full screen
  --demo       a simulated microphone in a temporary data folder; needs no hardware
  --data DIR   the data folder (default: $SILVASONIC_DATA, else ~/.local/share/silvasonic)
  --new-station  make a new station where the disk of a known one is missing
  --version    say the version
  --help       say this
`;

// Electron leaves Chromium's, V8's and Node's switches in argv. Most carry a telling first word; the
// others that one meets on such machines are listed.
const RUNTIME_SWITCH_WORDS =
  /^(allow|auth|autoplay|blink|disable|disk|enable|experimental|force|gpu|gtk|host|ignore|in-process|inspect|js|lang|log|net|no-(first|sandbox|zygote|proxy|default|pings|service)|ozone|password|proxy|remote|render|renderer|single-process|ssl|test-type|touch|trace|use|user-agent|v|vmodule|wayland|xdg|high-dpi|default|metrics|num-raster|max-gum|unsafely|display)(-|$)/;
const OWN_NAMES = ['kiosk', 'demo', 'data', 'new-station', 'help', 'version'];

/**
 * Reads the console's arguments: what follows the application in `process.argv`. Switches of the runtime
 * (`--no-sandbox`, `--disable-gpu`, `--inspect=0` …) pass; anything else unknown is refused in one sentence.
 */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  let kiosk = false;
  let demo = false;
  let newStation = false;
  let dataDir: string | null = null;
  let profileDir: string | null = null;

  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (argument === '-h') return { kind: 'help' };
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
    if (match === null) return wrong(`"${argument}" is not an argument of the console.`);
    const [, name = '', value] = match;

    if (OWN_NAMES.includes(name) && name !== 'data' && value !== undefined) {
      return wrong(`--${name} takes no value.`);
    }
    switch (name) {
      case 'help':
        return { kind: 'help' };
      case 'version':
        return { kind: 'version' };
      case 'kiosk':
        kiosk = true;
        break;
      case 'demo':
        demo = true;
        break;
      case 'new-station':
        newStation = true;
        break;
      case 'data': {
        const next = value ?? argv[index + 1];
        if (next === undefined || next === '' || (value === undefined && next.startsWith('--'))) {
          return wrong('--data needs a folder, for example --data /srv/silvasonic.');
        }
        if (value === undefined) index += 1;
        dataDir = next;
        break;
      }
      case 'user-data-dir':
        if (value === undefined || value === '') {
          return wrong('--user-data-dir needs a folder, for example --user-data-dir=/tmp/profile.');
        }
        profileDir = value;
        break;
      default:
        if (!RUNTIME_SWITCH_WORDS.test(name)) return wrong(`There is no option --${name}.`);
    }
  }
  if (demo && dataDir !== null) {
    return wrong('--demo makes a data folder of its own; leave out --data.');
  }
  return { kind: 'run', arguments: { kiosk, demo, dataDir, newStation, profileDir } };
}

function wrong(what: string): ParsedArguments {
  return { kind: 'wrong', sentence: `${what} --help lists the options.` };
}

/**
 * The console's own arguments out of `process.argv`. In a packaged build they follow the executable; run
 * from source (`electron [switches] <folder> [arguments]`) they follow the application's folder, and the
 * switches before it are the runtime's.
 */
export function ownArguments(argv: readonly string[], fromSource: boolean): string[] {
  const rest = argv.slice(1);
  if (!fromSource) return rest;
  const takesValue = (argument: string | undefined): boolean =>
    argument === '-r' || argument === '--require';
  const app = rest.findIndex(
    (argument, at) => !argument.startsWith('-') && !takesValue(rest[at - 1]),
  );
  if (app < 0) return [];
  // `--user-data-dir` counts on either side: it decides where the window's profile lies.
  const profile = rest.slice(0, app).filter((argument) => argument.startsWith('--user-data-dir='));
  return [...profile, ...rest.slice(app + 1)];
}
