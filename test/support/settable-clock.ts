import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SteppableClock } from './steppable-clock';
import { temporaryFolder } from './temporary-folder';

const SOURCE = join(import.meta.dirname, 'wall', 'shifted_wall.c');

/**
 * The machine's wall clock, for the station that is given it and for every capture that it starts: ffmpeg reads the
 * time of an ALSA capture from the system, and sees it step while it runs.
 */
export class SettableClock extends SteppableClock {
  readonly #file: number;
  #shiftMs = 0;

  constructor(offsetMs = 0) {
    super();
    const path = join(temporaryFolder(), 'shift');
    this.#file = openSync(path, 'w+');
    onTestFinished(() => {
      closeSync(this.#file);
    });
    this.step(offsetMs); // whoever is preloaded reads the whole number
    preload('SHIFTED_WALL', path);
    preload('LD_PRELOAD', library());
  }

  override step(ms: number): void {
    super.step(ms);
    this.#shiftMs += ms;
    const shift = Buffer.alloc(8);
    shift.writeBigInt64LE(BigInt(this.#shiftMs));
    writeSync(this.#file, shift, 0, 8, 0);
  }
}

/** For the processes that are started until the test is over. */
function preload(name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  onTestFinished(() => {
    if (before === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before;
  });
}

/** Built once per version of its source. */
function library(): string {
  const digest = createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), 'silvasonic-test-wall');
  const file = join(folder, `shifted_wall_${digest}.so`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const temporary = `${file}.${String(process.pid)}`;
  execFileSync('gcc', ['-O2', '-shared', '-fPIC', '-o', temporary, SOURCE, '-ldl']);
  renameSync(temporary, file);
  return file;
}
