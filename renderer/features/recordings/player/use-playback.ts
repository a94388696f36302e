import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import { Amplifier } from './amplifier';
import type { Slowdown } from './media-address';

interface Playback {
  readonly audio: RefObject<HTMLAudioElement | null>;
  readonly state: 'loading' | 'ready' | 'failed';
  readonly playing: boolean;
  readonly toggle: () => void;
  /** Seconds of the sound, not of its slowed play. */
  readonly seek: (atS: number) => void;
  readonly at: () => number;
  readonly setGainDb: (gainDb: number) => void;
  readonly events: {
    readonly onLoadedMetadata: () => void;
    readonly onError: () => void;
    readonly onPlay: () => void;
    readonly onPause: () => void;
  };
}

/**
 * One audio element and what moves with it: `follow` is told the position (seconds of the sound) on every frame while
 * it plays, and after every jump.
 */
export function usePlayback(slowdown: Slowdown, follow: (atS: number) => void): Playback {
  const audio = useRef<HTMLAudioElement>(null);
  const amplifier = useRef<Amplifier>(null);
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading');
  const [playing, setPlaying] = useState(false);
  const latestFollow = useRef(follow);
  useEffect(() => {
    latestFollow.current = follow;
  });
  const at = useCallback(() => (audio.current?.currentTime ?? 0) / slowdown, [slowdown]);
  useEffect(() => {
    if (!playing) return;
    let frame = 0;
    const step = (): void => {
      latestFollow.current(at());
      frame = requestAnimationFrame(step);
    };
    step();
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [playing, at]);
  useEffect(
    () => () => {
      amplifier.current?.close();
      amplifier.current = null;
    },
    [],
  );
  return {
    audio,
    state,
    playing,
    toggle: () => {
      const element = audio.current;
      if (element === null) return;
      // A play that is refused says so by `error`.
      if (element.paused) element.play().catch(() => undefined);
      else element.pause();
    },
    seek: (atS) => {
      if (audio.current === null) return;
      audio.current.currentTime = atS * slowdown;
      latestFollow.current(atS);
    },
    at,
    setGainDb: (gainDb) => {
      if (audio.current === null) return;
      amplifier.current ??= new Amplifier(audio.current);
      amplifier.current.set(gainDb);
    },
    events: {
      onLoadedMetadata: () => {
        setState('ready');
      },
      onError: () => {
        setState('failed');
        setPlaying(false);
      },
      onPlay: () => {
        setPlaying(true);
      },
      onPause: () => {
        setPlaying(false);
        latestFollow.current(at());
      },
    },
  };
}
