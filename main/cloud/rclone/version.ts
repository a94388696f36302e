import { execa } from 'execa';

/** Debian 12 has this one; older ones cannot be told of a remote without a file. */
const OLDEST: readonly [number, number] = [1, 60];
const TIMEOUT_MS = 10_000;

export interface RcloneVersion {
  readonly state: 'ok' | 'missing' | 'too_old';
  /** Empty where it is missing. */
  readonly version: string;
  /** One English sentence. */
  readonly detail: string;
}

/** Is rclone there, and new enough? Never throws. */
export async function readRcloneVersion(program = 'rclone'): Promise<RcloneVersion> {
  const result = await execa(program, ['version', '--config', ''], {
    reject: false,
    timeout: TIMEOUT_MS,
    stdin: 'ignore',
  });
  const version = /^rclone v(\S+)/m.exec(result.stdout)?.[1];
  if (version === undefined) {
    return { state: 'missing', version: '', detail: 'rclone is not installed on this station.' };
  }
  return judgeVersion(version);
}

/** @param version e.g. `1.60.1-DEV` */
export function judgeVersion(version: string): RcloneVersion {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [oldestMajor, oldestMinor] = OLDEST;
  const old = major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
  return old
    ? {
        state: 'too_old',
        version,
        detail: `rclone ${version} is too old: at least ${OLDEST.join('.')} is needed.`,
      }
    : { state: 'ok', version, detail: `rclone ${version}` };
}
