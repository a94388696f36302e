/**
 * Where dropped files and folders lie. What was dragged out of another program without lying on a disk, or was made
 * by a script, has no path and is left out.
 */
export function droppedPaths<Dropped>(
  files: Iterable<Dropped>,
  pathOf: (file: Dropped) => string,
): string[] {
  return [...new Set([...files].map(pathOf).filter((path) => path !== ''))];
}
