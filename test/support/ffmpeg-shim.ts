import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder';

/** What the next capture does. */
export type ShimMode =
  /** The real ffmpeg. */
  | { readonly do: 'pass' }
  /** Says these words, if any, and ends. */
  | { readonly do: 'exit'; readonly code: number; readonly words?: string }
  /** The real ffmpeg, killed from outside after so long. */
  | { readonly do: 'die'; readonly afterMs: number }
  /** The real ffmpeg, ended politely after so long although nobody of ours asked. */
  | { readonly do: 'leave'; readonly afterMs: number }
  /** The real ffmpeg, frozen after so long: only SIGKILL ends it. */
  | { readonly do: 'freeze'; readonly afterMs: number }
  /** Lives, writes nothing, ends when asked. */
  | { readonly do: 'nothing' }
  /** Lives, writes nothing, ignores SIGINT and SIGTERM. */
  | { readonly do: 'ignore' }
  /** Writes noise where audio belongs, every half second, and lists a segment every `segmentS`. */
  | { readonly do: 'garbage'; readonly segmentS: number };

/** One start of a capture. */
export interface ShimStart {
  /** UTC milliseconds, of the machine's own clock. */
  readonly atMs: number;
  readonly pid: number;
  readonly mode: ShimMode['do'];
}

export interface FfmpegShim {
  /** For `StationOptions.ffmpeg`. */
  readonly path: string;
  /** How captures behave that start from now on; those that run are not touched. */
  set(mode: ShimMode): void;
  /** All starts of captures so far. */
  starts(): readonly ShimStart[];
  /** The program is gone from the disk. */
  remove(): void;
  /** It is there again. */
  restore(): void;
}

/**
 * A program in place of ffmpeg that misbehaves as it is told when it is to record; whatever else it is asked for
 * (its version, rendering) the real one does. What it starts beside itself is gone soon after it.
 */
export function ffmpegShim(first: ShimMode = { do: 'pass' }): FfmpegShim {
  const folder = temporaryFolder();
  const path = join(folder, 'ffmpeg');
  const journal = join(folder, 'journal');
  const modeFile = join(folder, 'mode');
  const real = execFileSync('which', ['ffmpeg'], { encoding: 'utf8' }).trim();
  writeFileSync(journal, '');
  writeFileSync(path, script(real, modeFile, journal));
  chmodSync(path, 0o755);
  const set = (mode: ShimMode): void => {
    // Renamed into place: a capture that starts now reads the old mode or the new one, never half of one.
    writeFileSync(`${modeFile}.new`, `${words(mode)}\n`);
    renameSync(`${modeFile}.new`, modeFile);
  };
  set(first);
  return {
    path,
    set,
    starts: () =>
      readFileSync(journal, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [atMs, pid, mode] = line.split(' ');
          return { atMs: Number(atMs), pid: Number(pid), mode: mode as ShimMode['do'] };
        }),
    remove: () => {
      renameSync(path, `${path}.away`);
    },
    restore: () => {
      renameSync(`${path}.away`, path);
    },
  };
}

function words(mode: ShimMode): string {
  switch (mode.do) {
    case 'exit':
      return `exit ${String(mode.code)} ${mode.words ?? ''}`;
    case 'die':
    case 'leave':
    case 'freeze':
      return `${mode.do} ${(mode.afterMs / 1000).toFixed(3)}`;
    case 'garbage':
      return `garbage ${String(mode.segmentS)}`;
    default:
      return mode.do;
  }
}

function script(real: string, modeFile: string, journal: string): string {
  return `#!/bin/bash
real='${real}'
case " $* " in *' -f segment '*) ;; *) exec "$real" "$@" ;; esac
read -r mode argument rest < '${modeFile}'
echo "$(date +%s%3N) $$ $mode" >> '${journal}'
# What acts on the capture from outside: in a session of its own, as anybody else's hand would be.
later() { setsid bash -c "sleep $argument; kill -$1 $$" </dev/null >/dev/null 2>&1 & }
case $mode in
  pass) exec "$real" "$@" ;;
  exit) [ -z "$rest" ] || echo "$rest" >&2; exit "$argument" ;;
  die) later KILL; exec "$real" "$@" ;;
  leave) later INT; exec "$real" "$@" ;;
  freeze) later STOP; exec "$real" "$@" ;;
  # Waits without a child that could be left behind, and under its own name.
  nothing) exec 9<> <(:); read -r -t 600 -u 9 ;;
  ignore) trap '' INT TERM; exec 9<> <(:); read -r -t 600 -u 9 ;;
  garbage)
    lists=() targets=() previous=
    for word in "$@"; do
      [ "$previous" != -segment_list ] || lists+=("$word")
      case $word in *_%08d.wav) targets+=("$word") ;; esac
      previous=$word
    done
    trap 'exit 255' INT TERM
    for ((n = 0; ; n++)); do
      for ((half = 0; half < 2 * argument; half++)); do
        for target in "\${targets[@]}"; do head -c 48000 /dev/urandom >> "$(printf "$target" $n)"; done
        sleep 0.5
      done
      for i in "\${!lists[@]}"; do
        name=$(printf "$(basename "\${targets[$i]}")" $n)
        echo "$name,$((n * argument)).000000,$(((n + 1) * argument)).000000" >> "\${lists[$i]}"
      done
    done ;;
esac
`;
}
