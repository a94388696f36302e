import { useMediaQuery } from '@mantine/hooks';
import { IconVolumeOff } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { followLevels } from './follow-levels';
import styles from './level-meter.module.css';
import { METER_FLOOR_DBFS, METER_TICKS_DBFS, meterPosition } from './level-scale';
import { MeterPainter } from './meter-painter';
import { useVisible } from './use-visible';

interface Props {
  readonly device: string;
  /** What people call the device. */
  readonly name: string;
  readonly channels: number;
  /** At which it records; null: not known. */
  readonly sampleRateHz: number | null;
}

/** The live stream's own rate: what lies above half of it is recorded, and not metered. */
const LIVE_RATE_HZ = 48_000;

/** Nothing for this long, and the meter says so rather than show an old level. */
const SILENCE_MS = 2_000;
const SLOW_MS = 500;

/**
 * How loud a recording microphone is now, per channel. Listens only while it can be seen; a live stream that
 * does not come says nothing about the recording, and the meter says that.
 */
export function LevelMeter({ device, name, channels, sampleRateHz }: Props): ReactNode {
  const { t } = useTranslation();
  const { dbfs } = useFormat();
  const { client } = useStation();
  const root = useRef<HTMLDivElement>(null);
  const visible = useVisible(root);
  const calm = useMediaQuery('(prefers-reduced-motion: reduce)', undefined, {
    getInitialValueInEffect: false,
  });
  const [stream, setStream] = useState<'waiting' | 'live' | 'missing'>('waiting');
  const [sent, setSent] = useState<number | null>(null);

  useEffect(() => {
    const element = root.current;
    if (!visible || element === null) return;
    const leaving = new AbortController();
    const painter = new MeterPainter(element, dbfs, calm ? SLOW_MS : 0);
    const givenUp = (): void => {
      setStream('missing');
    };
    let silence = setTimeout(givenUp, SILENCE_MS);
    void followLevels({
      levels: (signal) => client.recorders.levels({ device }, { signal }),
      received: (level) => {
        if (leaving.signal.aborted) return;
        clearTimeout(silence);
        silence = setTimeout(givenUp, SILENCE_MS);
        // Both stay the same from level to level: React draws nothing anew.
        setStream('live');
        setSent(level.channels.length);
        painter.take(level, performance.now());
      },
      signal: leaving.signal,
    });
    return () => {
      leaving.abort();
      clearTimeout(silence);
      painter.stop();
      setStream('waiting');
    };
  }, [visible, calm, client, device, dbfs]);

  const count = Math.max(1, sent ?? channels);
  return (
    <div
      ref={root}
      className={styles.meter}
      data-testid="level-meter"
      data-stream={stream}
      data-many={count > 2 ? '' : undefined}
    >
      <div className={styles.scale}>
        {Array.from({ length: count }, (_, index) => (
          <div
            key={index}
            className={styles.track}
            data-part="track"
            role="meter"
            aria-label={
              count === 1
                ? t('level.of', { name })
                : t('level.ofChannel', { name, channel: index + 1 })
            }
            aria-valuemin={METER_FLOOR_DBFS}
            aria-valuemax={0}
            aria-valuenow={METER_FLOOR_DBFS}
            aria-valuetext={t('level.none')}
          >
            <div className={styles.cover} data-part="cover" />
            <div className={styles.rms} data-part="rms" />
            <div className={styles.hold} data-part="hold" />
            {METER_TICKS_DBFS.map((tick) => (
              <span
                key={tick}
                className={styles.tick}
                style={{ insetInlineStart: `${String(meterPosition(tick) * 100)}%` }}
              />
            ))}
          </div>
        ))}
        <span className={styles.clip} aria-hidden>
          {t('level.clip')}
        </span>
        {stream === 'missing' ? (
          <p className={styles.missing} role="status" data-testid="level-missing">
            <IconVolumeOff size={18} aria-hidden />
            {t('level.missing')}
          </p>
        ) : null}
      </div>
      <div className={styles.figures} aria-hidden>
        <span className={styles.figure} data-part="figure">
          –
        </span>
      </div>
      {sampleRateHz !== null && sampleRateHz > LIVE_RATE_HZ ? (
        <p className={styles.band}>{t('level.band')}</p>
      ) : null}
    </div>
  );
}
