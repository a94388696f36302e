// @ts-check

/**
 * Set-up speaks on stderr only: stdout belongs to the program that is being set up, whose `--json` is parsed by tools.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}
