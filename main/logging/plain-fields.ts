/** Whatever is called like this is never shown, however deep it lies. */
const SECRET =
  /password|passphrase|(?:^|[_-])pass$|secret|token|authorization|credential|api_?key|cookie/i;
const IN_ADDRESS = /(\w+:\/\/[^\s/:@]*:)[^\s/@]+@/g;
const HIDDEN = '[hidden]';

/**
 * Log fields as a reader in another process can be sent them: errors as their text, no functions, nothing
 * cyclic, no secrets.
 * @param scrub takes the secrets that are known out of a text
 */
export function plainFields(
  fields: Record<string, unknown>,
  scrub: (text: string) => string = (text) => text,
): Record<string, unknown> {
  const clean = (text: string): string => scrub(withoutPassword(text));
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, plain(key, value, clean)]),
  );
}

function plain(key: string, value: unknown, clean: (text: string) => string): unknown {
  try {
    const text = JSON.stringify({ [key]: value }, (name, part: unknown) => {
      if (SECRET.test(name)) return HIDDEN;
      if (part instanceof Error) return clean(textOf(part));
      if (typeof part === 'bigint') return String(part);
      return typeof part === 'string' ? clean(part) : part;
    });
    return (JSON.parse(text) as Record<string, unknown>)[key] ?? null;
  } catch {
    return clean(String(value)); // cyclic
  }
}

/** An error's message, and what was behind it. */
function textOf(error: Error): string {
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < 5; cause = cause.cause) {
    if (!error.message.includes(cause.message)) causes.push(cause.message);
  }
  return [error.message === '' ? error.name : error.message, ...causes].join(': ');
}

function withoutPassword(text: string): string {
  return text.replace(IN_ADDRESS, `$1${HIDDEN}@`);
}
