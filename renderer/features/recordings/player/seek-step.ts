/** Where a key leads in a sound, seconds; null when the key is not for it. */
export function seekStep(
  key: string,
  atS: number,
  durationS: number,
  shift: boolean,
): number | null {
  const fine = Math.max(0.01, durationS / 100);
  const step = shift ? fine / 10 : fine;
  const clamp = (s: number): number => Math.min(Math.max(s, 0), durationS);
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return clamp(atS + step);
    case 'ArrowLeft':
    case 'ArrowDown':
      return clamp(atS - step);
    case 'PageUp':
      return clamp(atS + durationS / 10);
    case 'PageDown':
      return clamp(atS - durationS / 10);
    case 'Home':
      return 0;
    case 'End':
      return durationS;
    default:
      return null;
  }
}

/** Zoom steps: how often the width of the view the whole sound is wide. */
export const ZOOMS = [1, 2, 4, 8, 16, 32] as const;

export function zoomStep(zoom: number, by: 1 | -1): number {
  const index = ZOOMS.findIndex((step) => step >= zoom);
  return ZOOMS[Math.min(Math.max(index + by, 0), ZOOMS.length - 1)] ?? 1;
}
