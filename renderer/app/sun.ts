const DEGREES = Math.PI / 180;

/**
 * Height of the sun above the horizon in degrees, good to about a degree (NOAA's low-precision formulas,
 * https://gml.noaa.gov/grad/solcalc/solareqns.PDF). Latitude north and longitude east are positive.
 */
export function sunAltitude(utcMs: number, latitude: number, longitude: number): number {
  const date = new Date(utcMs);
  const dayOfYear = (utcMs - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000;
  const year = (2 * Math.PI * dayOfYear) / 365;
  const equationOfTimeMin =
    229.18 *
    (0.000075 +
      0.001868 * Math.cos(year) -
      0.032077 * Math.sin(year) -
      0.014615 * Math.cos(2 * year) -
      0.040849 * Math.sin(2 * year));
  const declination =
    0.006918 -
    0.399912 * Math.cos(year) +
    0.070257 * Math.sin(year) -
    0.006758 * Math.cos(2 * year) +
    0.000907 * Math.sin(2 * year);
  const minutes = (utcMs % 86_400_000) / 60_000;
  const hourAngle = ((minutes + equationOfTimeMin + 4 * longitude) / 4 - 180) * DEGREES;
  const sine =
    Math.sin(latitude * DEGREES) * Math.sin(declination) +
    Math.cos(latitude * DEGREES) * Math.cos(declination) * Math.cos(hourAngle);
  return Math.asin(Math.min(1, Math.max(-1, sine))) / DEGREES;
}

/** The upper edge of the sun is below the horizon (refraction included). */
export function isNight(utcMs: number, latitude: number, longitude: number): boolean {
  return sunAltitude(utcMs, latitude, longitude) < -0.833;
}
