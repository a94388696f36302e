/**
 * What clocks in a zone show, as if it were UTC: milliseconds for milliseconds.
 * @param timezone IANA name
 * @throws RangeError for an unknown zone
 */
export function zoneClock(timezone: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (utcMs) => {
    const parts = new Map(format.formatToParts(utcMs).map(({ type, value }) => [type, value]));
    const field = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    const seconds = Date.UTC(
      field('year'),
      field('month') - 1,
      field('day'),
      field('hour'),
      field('minute'),
      field('second'),
    );
    return seconds + (((utcMs % 1000) + 1000) % 1000);
  };
}

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
