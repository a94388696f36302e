/**
 * JSON in one form only, after RFC 8785: keys in order of their UTF-16 code units, no white space, numbers and strings
 * as ECMAScript writes them. What signs and what verifies see the same bytes.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError('a number that JSON cannot hold');
  }
  return JSON.stringify(value);
}

/** Elements written down in one turn of the event loop. */
const AT_ONCE = 500;

/**
 * The bytes of `canonicalJson`, of lists of any length, without holding up whoever else waits for the event loop.
 * @throws TypeError as `canonicalJson`
 */
export async function canonicalBytes(value: unknown): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let text: string[] = [];
  const rest = async (): Promise<void> => {
    chunks.push(Buffer.from(text.join('')));
    text = [];
    await new Promise((resolve) => setImmediate(resolve));
  };
  const write = async (one: unknown): Promise<void> => {
    if (Array.isArray(one)) {
      text.push('[');
      for (const [i, element] of one.entries()) {
        if (i > 0) text.push(',');
        await write(element);
        if (i % AT_ONCE === AT_ONCE - 1) await rest();
      }
      text.push(']');
    } else if (holdsLists(one)) {
      const entries = Object.entries(one)
        .filter(([, member]) => member !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [i, [key, member]] of entries.entries()) {
        text.push(i === 0 ? '{' : ',', JSON.stringify(key), ':');
        await write(member);
      }
      text.push('}');
    } else text.push(canonicalJson(one));
  };
  await write(value);
  await rest();
  return Buffer.concat(chunks);
}

function holdsLists(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some((member) => typeof member === 'object' && member !== null)
  );
}
