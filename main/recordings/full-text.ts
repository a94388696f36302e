/** No query needs more; each costs a look-up. */
const MOST_WORDS = 20;

/**
 * What a person typed, as a query for SQLite's full text: every word must be there, the last may be the start of one.
 * Whatever has a meaning in that language (quotes, `*`, `NEAR`, `-`, column names) has none here.
 * @returns null when no word is in it, which nothing is found by
 */
export function fullTextQuery(text: string): string | null {
  // An é may be written as one character or as two: whichever was typed, both are looked for.
  const spellings = [text, text.normalize('NFC'), text.normalize('NFD')].map(queryOf);
  const queries = [...new Set(spellings)].filter((query) => query !== null);
  if (queries.length <= 1) return queries[0] ?? null;
  return queries.map((query) => `(${query})`).join(' OR ');
}

function queryOf(text: string): string | null {
  const words = text
    .replaceAll('\0', ' ')
    .split(/\s+/u)
    // What the index holds: letters and numbers. A word without any would match nothing.
    .filter((word) => /[\p{L}\p{N}\p{Co}]/u.test(word))
    .slice(0, MOST_WORDS);
  if (words.length === 0) return null;
  return `${words.map((word) => `"${word.replaceAll('"', '""')}"`).join(' ')}*`;
}
