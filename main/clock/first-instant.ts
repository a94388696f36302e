/** The first millisecond after `noMs`, up to `yesMs`, from which on it is so. */
export function firstInstantWith(
  isSo: (utcMs: number) => boolean,
  noMs: number,
  yesMs: number,
): number {
  let [no, yes] = [noMs, yesMs];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (isSo(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}
