import { useEffect, useState, type RefObject } from 'react';

/** Whether an element is on the screen: scrolled into sight, in a window that shows. */
export function useVisible(target: RefObject<HTMLElement | null>): boolean {
  const [inSight, setInSight] = useState(false);
  const [shown, setShown] = useState(() => document.visibilityState === 'visible');
  useEffect(() => {
    const element = target.current;
    if (element === null) return;
    const observer = new IntersectionObserver((entries) => {
      setInSight(entries.at(-1)?.isIntersecting === true);
    });
    observer.observe(element);
    const changed = (): void => {
      setShown(document.visibilityState === 'visible');
    };
    document.addEventListener('visibilitychange', changed);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', changed);
    };
  }, [target]);
  return inSight && shown;
}
