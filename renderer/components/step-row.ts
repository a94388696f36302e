/** Where a key leads in a list of `count` rows, or null when the key is not for it. */
export function stepRow(key: string, from: number, count: number, pageRows: number): number | null {
  if (count === 0) return null;
  const clamp = (index: number): number => Math.min(Math.max(index, 0), count - 1);
  switch (key) {
    case 'ArrowDown':
      return clamp(from + 1);
    case 'ArrowUp':
      return clamp(from - 1);
    case 'PageDown':
      return clamp(from + Math.max(1, pageRows - 1));
    case 'PageUp':
      return clamp(from - Math.max(1, pageRows - 1));
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
