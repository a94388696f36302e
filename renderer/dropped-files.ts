/** What the preload posts after a drop. */
const DROPPED_MESSAGE = 'silvasonic:dropped';

/**
 * Tells where the files and folders lie that a person dropped onto the page, until `signal` aborts: absolute paths on
 * the station's machine, as imports take them; none when nothing of it lies on a disk.
 *
 * An element takes files by calling `preventDefault()` on `dragover` and on `drop`; what is dropped elsewhere is not
 * told. The paths come a moment after the element's own `drop`.
 */
export function followDroppedFiles(
  receive: (paths: readonly string[]) => void,
  signal: AbortSignal,
): void {
  window.addEventListener(
    'message',
    (event: MessageEvent<unknown>) => {
      if (event.source !== window || event.origin !== window.location.origin) return;
      const paths = droppedIn(event.data);
      if (paths !== null) receive(paths);
    },
    { signal },
  );
}

function droppedIn(data: unknown): readonly string[] | null {
  if (typeof data !== 'object' || data === null) return null;
  if (!('type' in data) || data.type !== DROPPED_MESSAGE || !('paths' in data)) return null;
  const { paths } = data;
  const areStrings = Array.isArray(paths) && paths.every((path) => typeof path === 'string');
  return areStrings ? paths : null;
}
