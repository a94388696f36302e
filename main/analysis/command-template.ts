/** Where the recording's path is put in. */
const FILE = '{file}';

/**
 * Takes a command apart as people write it: words, quotes of both kinds, a backslash before a character that is to be
 * taken as it is. No shell: nothing is expanded, and no name of a file can become anything but one argument.
 * @returns the words, `{file}` still in them; null: a quote without an end, or no program
 */
function wordsOf(template: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < template.length; at++) {
    const character = template.charAt(at);
    if (quote === "'") {
      if (character === "'") quote = null;
      else word = (word ?? '') + character;
    } else if (character === '\\') {
      at += 1;
      if (at === template.length) return null;
      word = (word ?? '') + template.charAt(at);
    } else if (quote === '"') {
      if (character === '"') quote = null;
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== null) return null;
  if (word !== null) words.push(word);
  return words.length === 0 || words[0] === '' ? null : words;
}

/** A program and its arguments for one file. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** @returns null: the template cannot be run, see `templateProblem` */
export function commandFor(template: string, file: string): Command | null {
  const words = wordsOf(template);
  if (words === null) return null;
  const [program = '', ...args] = words;
  // By a function: in a text "$&" would mean something.
  return { program, args: args.map((arg) => arg.replaceAll(FILE, () => file)) };
}
