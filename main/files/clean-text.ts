/** Names longer than this are cut: a hostile descriptor must not fill the log or the page. */
const MAX_TEXT = 200;

/** Text from hardware or from another program made fit to be shown: one line, no control characters, bounded. */
export function cleanText(text: string | undefined): string | null {
  const value = (text ?? '').replace(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
  return value === '' ? null : Array.from(value).slice(0, MAX_TEXT).join('');
}
