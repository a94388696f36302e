import type { ReactNode } from 'react';
import { dayOf, instantOf } from '../../app/format/instants';
import { useFormat } from '../../app/format/use-format';
import { useTimeZone } from '../../stores/station-view';
import styles from './hour-axis.module.css';

const HOURS = ['00:00', '06:00', '12:00', '18:00'] as const;

/** Hours of the station's day below a bar; labelled in the zone that times are shown in now. */
export function HourAxis({ from, to }: { readonly from: string; readonly to: string }): ReactNode {
  const format = useFormat();
  const zone = useTimeZone();
  const startMs = Date.parse(from);
  const lengthMs = Date.parse(to) - startMs;
  const day = dayOf(startMs, zone);
  const ticks = HOURS.map((hour) => instantOf(day, hour, zone)).filter((tick) => tick !== null);
  return (
    <div className={styles.axis} aria-hidden>
      {[...ticks, to].map((tick) => (
        <span
          key={tick}
          className={styles.tick}
          style={{
            insetInlineStart: `${String(((Date.parse(tick) - startMs) / lengthMs) * 100)}%`,
          }}
        >
          {format.instant(tick, 'minute')}
        </span>
      ))}
    </div>
  );
}
