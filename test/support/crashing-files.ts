import type * as FilesModule from 'node:fs/promises';

type Files = typeof FilesModule;

/** What every call is answered with once the process is "dead". */
export class Crash extends Error {
  constructor() {
    super('the process was killed here');
    this.name = 'Crash';
  }
}

/**
 * Kills, as far as files can tell, at the n-th file operation: that one is not done, or half done where it writes,
 * and none after it. Counts every operation, so that a moment can be chosen among all that there are.
 */
export class CrashPoint {
  #left = Infinity;
  #dead = false;
  count = 0;

  /** Lives from now on, and dies at this many operations. */
  arm(operations: number): void {
    this.#left = operations;
    this.#dead = false;
    this.count = 0;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** @returns true for the operation at which it dies */
  step(): boolean {
    if (this.#dead) throw new Crash();
    this.count += 1;
    this.#left -= 1;
    if (this.#left > 0) return false;
    this.#dead = true;
    return true;
  }
}

/** `node:fs/promises` with a crash point in it. */
export function crashingFiles(real: Files, point: CrashPoint): Files {
  const handleOf = (handle: FilesModule.FileHandle): FilesModule.FileHandle =>
    new Proxy(handle, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function' || key === 'close') {
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        }
        return async (...args: unknown[]) => {
          if (point.step()) {
            const [data] = args;
            if (
              /^(write|append)/.test(String(key)) &&
              (Buffer.isBuffer(data) || typeof data === 'string')
            ) {
              await target.write(
                Buffer.from(data).subarray(0, Math.floor(data.length / 2)),
                0,
                null,
                position(args),
              );
            }
            throw new Crash();
          }
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
  return new Proxy(real, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        if (point.step()) {
          const [file, data] = args;
          if (/^(write|append)File$/.test(String(key)) && typeof data === 'string') {
            const half = data.slice(0, Math.floor(data.length / 2));
            if (typeof file === 'string') {
              await (key === 'writeFile' ? real.writeFile : real.appendFile)(file, half);
            } else await (file as FilesModule.FileHandle).appendFile(half).catch(() => undefined);
          }
          throw new Crash();
        }
        const result: unknown = await Reflect.apply(value, target, args);
        return key === 'open' ? handleOf(result as FilesModule.FileHandle) : result;
      };
    },
  });
}

/** Where `handle.write(buffer, offset, length, position)` or `handle.write(buffer, { position })` would write. */
function position(args: readonly unknown[]): number | null {
  const last = args.at(-1);
  if (typeof last === 'number' && args.length >= 4) return last;
  if (typeof last === 'object' && last !== null && 'position' in last) {
    return typeof last.position === 'number' ? last.position : null;
  }
  return null;
}
