/** Where a command writes; tests bring their own. */
export interface Output {
  out(line: string): void;
  err(line: string): void;
}

export const processOutput: Output = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
};

/** A cell of more characters stands out alone, rather than pushing every line off the screen. */
const WIDEST = 60;

/** Columns padded to their widest cell; the last one is left as it is. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [headings, ...rows].map((row) => row.map(printable));
  const widths = headings.map((_, i) => widest(all, i));
  return all.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function widest(rows: readonly (readonly string[])[], column: number): number {
  return rows.reduce((width, row) => {
    const length = row[column]?.length ?? 0;
    return length > WIDEST ? width : Math.max(width, length);
  }, 0);
}

/**
 * Text that others wrote (a device's name, a program's last words) as one line: a control character in it must
 * not reach a terminal, which may obey it, nor turn the line around.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "1 recording", "2 recordings" */
export function counted(count: number, word: string): string {
  return `${String(count)} ${word}${count === 1 ? '' : 's'}`;
}
