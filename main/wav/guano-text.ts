/** GUANO metadata: `Key` or `Namespace|Key` → value, as read. */
export type Guano = ReadonlyMap<string, string>;

/** Code points of one value: room for any note, and an end to what a hostile device calls itself. */
const MAX_VALUE_LENGTH = 1000;

/**
 * GUANO 1.0 as text: one `Key: value` per line, UTF-8. What a value cannot hold is changed as the standard wants it:
 * line ends become `\n` (two characters, for which the standard has no escape), other control characters go, and
 * so does white space around it. Fields without a value are left out. Source: guano-md.org.
 */
export function formatGuano(fields: Guano): string {
  const lines = new Map<string, string>([['GUANO|Version', '1.0']]);
  for (const [key, value] of fields) {
    const name = guanoKey(key);
    const text = guanoValue(value);
    if (name !== '' && text !== '') lines.set(name, text);
  }
  return [...lines].map(([key, value]) => `${key}: ${value}\n`).join('');
}

/** Reads GUANO text as leniently as others write it: what is no field is passed over, the first of a name counts. */
export function parseGuano(text: string): Guano {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const key = trimmed(line.slice(0, colon));
    const value = trimmed(line.slice(colon + 1).replaceAll('\\n', '\n'));
    if (key !== '' && value !== '' && !fields.has(key)) fields.set(key, value);
  }
  return fields;
}

/** The text with some of its fields changed or added; every other line stays as it was, known or not. */
export function amendGuanoText(text: string, changes: Guano): string {
  const left = new Map([...changes].map(([key, value]) => [guanoKey(key), guanoValue(value)]));
  const lines = trimmed(text)
    .split('\n')
    .map((line) => {
      const key = trimmed(line.slice(0, Math.max(0, line.indexOf(':'))));
      const value = left.get(key);
      if (value === undefined) return line;
      left.delete(key);
      return `${key}: ${value}`;
    });
  return [...lines, ...[...left].map(([key, value]) => `${key}: ${value}`), ''].join('\n');
}

function guanoKey(key: string): string {
  return guanoValue(key.replaceAll(':', '_')).replaceAll('\\n', ' ');
}

function guanoValue(value: string): string {
  const plain = trimmed(
    // Through UTF-8, which half a surrogate pair does not survive.
    Buffer.from(value, 'utf8')
      .toString('utf8')
      .replaceAll(/\r\n?/g, '\n')
      .replaceAll(/[^\P{Cc}\t\n]/gu, ''),
  );
  return trimmed(Array.from(plain).slice(0, MAX_VALUE_LENGTH).join('')).replaceAll('\n', '\\n');
}

/** Others pad with NUL as well as with white space. */
function trimmed(text: string): string {
  return text.replaceAll('\0', '').trim();
}
