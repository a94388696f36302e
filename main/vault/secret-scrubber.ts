const HIDDEN = '[hidden]';
/** Shorter ones stand in words that have nothing to do with them. */
const SHORTEST = 4;
/** What is inside a token is secret by itself: these fields of its JSON. */
const TOKEN_PARTS = ['access_token', 'refresh_token', 'id_token'] as const;

/** Takes the secrets that the station holds out of what others say: a program's words, an error, a log line. */
export class SecretScrubber {
  /** The longest first: one may hold another. */
  #secrets: readonly string[] = [];

  /** @param secret as it is handed to the remote */
  learn(secret: string): void {
    const spellings = [secret, ...partsOfToken(secret)].flatMap(spellingsOf);
    const long = spellings.filter((spelling) => spelling.length >= SHORTEST);
    if (long.every((spelling) => this.#secrets.includes(spelling))) return;
    this.#secrets = [...new Set([...this.#secrets, ...long])].sort((a, b) => b.length - a.length);
  }

  scrub(text: string): string {
    let scrubbed = text;
    for (const secret of this.#secrets) scrubbed = scrubbed.replaceAll(secret, HIDDEN);
    return scrubbed;
  }
}

/** As it may stand in an address, a JSON text, a Go string or a header. */
function spellingsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret);
  const base64 = Buffer.from(secret, 'utf8').toString('base64');
  return [secret, json, url, url.replaceAll('%20', '+'), base64, base64.replace(/=+$/, '')];
}

function partsOfToken(secret: string): string[] {
  if (!secret.trimStart().startsWith('{')) return [];
  try {
    const token = JSON.parse(secret) as Record<string, unknown>;
    return TOKEN_PARTS.flatMap((name) => {
      const part = token[name];
      return typeof part === 'string' ? [part] : [];
    });
  } catch {
    return [];
  }
}
