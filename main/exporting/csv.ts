/** What a cell can hold; null is an empty one. */
export type Cell = string | number | boolean | null;

/** A spreadsheet takes a text that begins so for a formula, and carries it out. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20]/u;

/**
 * One line of a CSV file (RFC 4180), its end included. Text that a spreadsheet would carry out as a formula is given
 * an apostrophe in front, as spreadsheets themselves mark text. Numbers are numbers.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = harmless(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function harmless(text: string): string {
  // NUL ends a text in many a reader.
  const plain = text.replaceAll('\0', '');
  return FORMULA.test(plain) ? `'${plain}` : plain;
}

/** A list in one cell, as Camtrap DP writes it. */
export function listCell(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.map((item) => item.replaceAll('|', '/')).join(' | ');
}
