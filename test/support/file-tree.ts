import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { temporaryFolder } from './temporary-folder';

/**
 * A piece of `/proc` and `/sys` in one text file:
 *
 *     # a comment
 *     sys/…/idVendor: 0869            a file of one line
 *     proc/asound/cards:              a file of several: each line after `| `
 *     |  0 [PCH            ]: …
 *     sys/class/sound/card0 -> ../…   a symbolic link
 *     proc/asound/card0/pcm0c/        a folder
 */
export function unpackTree(text: string, root: string): void {
  let open: { path: string; lines: string[] } | undefined;
  const close = (): void => {
    if (open !== undefined)
      writeFileSync(open.path, open.lines.map((line) => `${line}\n`).join(''));
    open = undefined;
  };
  for (const line of text.split('\n')) {
    if (open !== undefined && line.startsWith('| ')) {
      open.lines.push(line.slice(2));
      continue;
    }
    close();
    if (line.trim() === '' || line.startsWith('#')) continue;
    const link = /^(\S+) -> (\S+)$/.exec(line);
    if (link !== null) {
      const path = prepare(root, link[1] ?? '');
      symlinkSync(link[2] ?? '', path);
    } else if (line.endsWith('/')) {
      mkdirSync(join(root, line), { recursive: true });
    } else if (line.endsWith(':')) {
      open = { path: prepare(root, line.slice(0, -1)), lines: [] };
    } else {
      const [, path = '', content = ''] = /^(\S+): (.*)$/.exec(line) ?? [];
      if (path === '') throw new Error(`Not a line of a tree: ${line}`);
      writeFileSync(prepare(root, path), `${content}\n`);
    }
  }
  close();
}

export interface FakeMachine {
  readonly procRoot: string;
  readonly sysRoot: string;
  /** Puts more into the machine, in the form of `unpackTree`. */
  add(text: string): void;
  remove(path: string): void;
}

/** A machine as it was captured: one of `fixtures/alsa/*.tree`. */
export function fakeMachine(fixture?: string): FakeMachine {
  const root = temporaryFolder();
  if (fixture !== undefined) {
    unpackTree(
      readFileSync(resolve(import.meta.dirname, 'fixtures/alsa', `${fixture}.tree`), 'utf8'),
      root,
    );
  }
  return {
    procRoot: join(root, 'proc'),
    sysRoot: join(root, 'sys'),
    add: (text) => {
      unpackTree(text, root);
    },
    remove: (path) => {
      rmSync(join(root, path), { recursive: true, force: true });
    },
  };
}

function prepare(root: string, path: string): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  rmSync(full, { recursive: true, force: true });
  return full;
}
