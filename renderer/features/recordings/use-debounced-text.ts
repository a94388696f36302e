import { useCallback, useEffect, useRef, useState } from 'react';

interface DebouncedText {
  readonly text: string;
  readonly type: (text: string) => void;
  /** Hands over at once what was typed. */
  readonly flush: () => void;
}

/**
 * What is typed, handed over once the hand rests for so long (ms), and at the latest when the field goes away.
 * A value that changes elsewhere comes in while nothing is being typed.
 */
export function useDebouncedText(
  value: string,
  commit: (text: string) => void,
  restMs: number,
): DebouncedText {
  const [draft, setDraft] = useState<string | null>(null);
  const pending = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latestCommit = useRef(commit);
  useEffect(() => {
    latestCommit.current = commit;
  });
  const flush = useCallback(() => {
    clearTimeout(timer.current);
    const text = pending.current;
    if (text === null) return;
    pending.current = null;
    latestCommit.current(text);
    setDraft(null);
  }, []);
  useEffect(() => flush, [flush]);
  return {
    text: draft ?? value,
    type: (text) => {
      setDraft(text);
      pending.current = text;
      clearTimeout(timer.current);
      timer.current = setTimeout(flush, restMs);
    },
    flush,
  };
}
