import { useEffect, useRef, useState } from 'react';
import { followDroppedFiles } from '../../../dropped-files';

/** Takes files that are dropped anywhere on the page; `over`: some are held above it. */
export function useDroppedFiles(receive: (paths: readonly string[]) => void): {
  readonly over: boolean;
} {
  const [over, setOver] = useState(false);
  const latest = useRef(receive);
  useEffect(() => {
    latest.current = receive;
  });
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const hold = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    };
    window.addEventListener('dragenter', hold, { signal });
    window.addEventListener('dragover', hold, { signal });
    window.addEventListener(
      'dragleave',
      (event) => {
        // Out of the window, not from one element to the next.
        if (event.relatedTarget === null) setOver(false);
      },
      { signal },
    );
    window.addEventListener(
      'drop',
      (event) => {
        setOver(false);
        if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
      },
      // Before the preload looks whether the drop was taken.
      { signal, capture: true },
    );
    followDroppedFiles((paths) => {
      latest.current(paths);
    }, signal);
    return () => {
      leaving.abort();
    };
  }, []);
  return { over };
}
