import type { Detection } from '@shared/model/analysis';
import { Button, Skeleton } from '@mantine/core';
import {
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from 'react';
import { useElementSize } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format/use-format';
import { Detail } from '../../../components/detail';
import { seekStep } from './seek-step';
import styles from './sound-view.module.css';
import { usePeaks, useSpectrogram, type LookedAt } from './use-assets';
import { paintWaveform } from './waveform-painter';

/** What the player tells the picture, past React: many times a second. */
export interface SoundViewHandle {
  readonly moveTo: (atS: number) => void;
}

interface Props {
  readonly ref: Ref<SoundViewHandle>;
  readonly recordingId: number;
  readonly durationS: number;
  /** The highest frequency of the spectrogram is half of it. Hz. */
  readonly sampleRateHz: number;
  readonly detections: readonly Detection[];
  /** How often the width of the view the sound is wide. */
  readonly zoom: number;
  readonly label: string;
  readonly seek: (atS: number) => void;
  readonly toggle: () => void;
  readonly at: () => number;
}

const SPOKEN_EVERY_MS = 500;

/** Waveform and spectrogram of a recording over one axis of time, with a cursor; a tap or the arrow keys move it. */
export function SoundView({
  ref,
  recordingId,
  durationS,
  sampleRateHz,
  detections,
  zoom,
  label,
  seek,
  toggle,
  at,
}: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const peaks = usePeaks(recordingId);
  const spectrogram = useSpectrogram(recordingId);
  const scroller = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const cursor = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref: measured, width } = useElementSize();
  const [imageFailed, setImageFailed] = useState<string | null>(null);
  const spokenAt = useRef(0);

  const speak = (atS: number): void => {
    const element = inner.current;
    if (element === null) return;
    element.setAttribute('aria-valuenow', atS.toFixed(2));
    element.setAttribute(
      'aria-valuetext',
      t('player.position', { at: format.length(atS), of: format.length(durationS) }),
    );
  };
  const moveTo = (atS: number): void => {
    const share = durationS === 0 ? 0 : Math.min(1, atS / durationS);
    const frame = scroller.current;
    const line = cursor.current;
    if (frame === null || line === null) return;
    const x = share * frame.clientWidth * zoom;
    line.style.transform = `translateX(${String(x)}px)`;
    // Zoomed in, the cursor stays in sight.
    if (zoom > 1 && (x < frame.scrollLeft || x > frame.scrollLeft + frame.clientWidth))
      frame.scrollLeft = x - frame.clientWidth / 10;
    const now = performance.now();
    if (now - spokenAt.current < SPOKEN_EVERY_MS) return;
    spokenAt.current = now;
    speak(atS);
  };
  useImperativeHandle(ref, () => ({ moveTo }));

  useEffect(() => {
    // A change of size or zoom moves the cursor with the sound, and keeps it in the middle.
    const atS = at();
    const frame = scroller.current;
    if (frame !== null && zoom > 1 && durationS > 0)
      frame.scrollLeft = (atS / durationS) * frame.clientWidth * zoom - frame.clientWidth / 2;
    spokenAt.current = 0;
    moveTo(atS);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `moveTo` is made anew on every render
  }, [zoom, width, durationS]);

  const paint = (): void => {
    const frame = scroller.current;
    const picture = canvas.current;
    if (frame === null || picture === null || peaks.value === null || frame.clientWidth === 0)
      return;
    const whole = frame.clientWidth * zoom;
    paintWaveform(
      picture,
      peaks.value,
      { from: frame.scrollLeft / whole, to: (frame.scrollLeft + frame.clientWidth) / whole },
      getComputedStyle(picture).color,
    );
  };
  useEffect(paint, [peaks.value, zoom, width]);

  const place = (clientX: number): number => {
    const box = inner.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return 0;
    return Math.min(Math.max((clientX - box.left) / box.width, 0), 1) * durationS;
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      toggle();
      return;
    }
    const next = seekStep(event.key, at(), durationS, event.shiftKey);
    if (next === null) return;
    event.preventDefault();
    spokenAt.current = 0;
    seek(next);
  };
  const spectrogramUrl = spectrogram.value === imageFailed ? null : spectrogram.value;
  return (
    <div ref={measured} className={styles.view} data-testid="sound-view">
      <div ref={scroller} className={styles.scroller} onScroll={paint}>
        <div
          ref={inner}
          className={styles.inner}
          style={{ width: `${String(zoom * 100)}%` }}
          role="slider"
          tabIndex={0}
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={durationS}
          aria-valuenow={0}
          aria-valuetext={t('player.position', {
            at: format.length(0),
            of: format.length(durationS),
          })}
          data-testid="seek"
          onKeyDown={press}
          onClick={(event) => {
            spokenAt.current = 0;
            seek(place(event.clientX));
          }}
        >
          <div className={styles.waveform} data-state={peaks.state} data-testid="waveform">
            {peaks.value === null ? null : (
              <canvas ref={canvas} className={styles.canvas} aria-hidden />
            )}
          </div>
          <div
            className={styles.spectrogram}
            data-state={spectrogramUrl === null ? spectrogram.state : 'ready'}
            data-testid="spectrogram"
          >
            {spectrogramUrl === null ? null : (
              <img
                src={spectrogramUrl}
                alt=""
                className={styles.image}
                draggable={false}
                onError={() => {
                  setImageFailed(spectrogramUrl);
                }}
              />
            )}
            {detections.map((detection) => (
              <span
                key={detection.id}
                className={styles.detection}
                data-testid="detection-box"
                style={{
                  insetInlineStart: `${String((detection.startS / durationS) * 100)}%`,
                  width: `${String((Math.max(0, detection.endS - detection.startS) / durationS) * 100)}%`,
                }}
                aria-hidden
              >
                <span className={styles.detectionLabel}>{detection.label}</span>
              </span>
            ))}
          </div>
          <div ref={cursor} className={styles.cursor} aria-hidden />
        </div>
      </div>
      {peaks.value === null || peaks.value.scale === 0 ? null : (
        <span className={styles.loudest}>
          {t('player.loudest', { level: format.dbfs(20 * Math.log10(peaks.value.scale)) })}
        </span>
      )}
      <div className={styles.frequencies} aria-hidden>
        {[1, 0.5, 0].map((share) => (
          <span key={share}>{format.rate((sampleRateHz / 2) * share).replace(/^0 kHz$/, '0')}</span>
        ))}
      </div>
      <Trouble kind="waveform" asset={peaks} />
      <Trouble
        kind="spectrogram"
        asset={
          imageFailed !== null && spectrogram.value === imageFailed
            ? {
                ...spectrogram,
                state: 'failed',
                retry: () => {
                  setImageFailed(null);
                  spectrogram.retry();
                },
              }
            : spectrogram
        }
      />
    </div>
  );
}

/** Why there is nothing to see yet, over the place where it will be. */
function Trouble({
  kind,
  asset,
}: {
  readonly kind: 'waveform' | 'spectrogram';
  readonly asset: LookedAt<unknown>;
}): ReactNode {
  const { t } = useTranslation();
  if (asset.state === 'ready') return null;
  return (
    <div className={styles.trouble} data-kind={kind}>
      {asset.state === 'loading' ? (
        <Skeleton height="100%" radius="sm" role="status" aria-label={t('app.loading')} />
      ) : asset.state === 'failed' ? (
        <>
          <span role="alert">{t(`player.${kind}Failed`)}</span>
          <Button variant="default" onClick={asset.retry}>
            {t('common.retry')}
          </Button>
          <Detail text={asset.detail} />
        </>
      ) : (
        <span role="status">
          {asset.state === 'working' ? t(`player.${kind}Working`) : t(`player.noAudio`)}
        </span>
      )}
    </div>
  );
}
