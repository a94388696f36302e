import type { ReactNode } from 'react';
import styles from './gauge.module.css';
import { fillLevel, type Thresholds } from './janitor-look';

interface Props {
  /** What it measures, for screen readers. */
  readonly label: string;
  /** 0–100 */
  readonly usedPercent: number;
  readonly thresholds: Thresholds;
  /** In words, e.g. `71 % used`. */
  readonly text: string;
}

/** How full something is, with a mark where each of the three thresholds lies. */
export function Gauge({ label, usedPercent, thresholds, text }: Props): ReactNode {
  return (
    <div
      className={styles.gauge}
      role="meter"
      aria-label={label}
      aria-valuenow={Math.round(usedPercent)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={text}
      data-testid="gauge"
      data-level={fillLevel(usedPercent, thresholds)}
    >
      <div className={styles.track}>
        <div className={styles.fill} style={{ width: `${String(Math.min(100, usedPercent))}%` }} />
      </div>
      {([thresholds.warning, thresholds.critical, thresholds.emergency] as const).map(
        (percent, index) => (
          <span
            key={index}
            className={styles.mark}
            style={{ insetInlineStart: `${String(percent)}%` }}
          >
            <span className={styles.number}>{percent}</span>
          </span>
        ),
      )}
    </div>
  );
}
