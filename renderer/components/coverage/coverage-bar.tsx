import type { ReactNode } from 'react';
import styles from './coverage-bar.module.css';
import type { BarPiece, CoverageLayout } from './coverage-layout';

interface Props {
  readonly layout: CoverageLayout;
  /** The gap that is being looked at. */
  readonly chosen?: BarPiece | null;
  readonly tall?: boolean;
}

/** A picture of a stretch of time: recorded, missing, still to come. What it shows is also said in words beside it. */
export function CoverageBar({ layout, chosen = null, tall = false }: Props): ReactNode {
  return (
    <div className={styles.bar} data-tall={tall ? '' : undefined} aria-hidden>
      <Pieces pieces={layout.ahead} className={styles.ahead} />
      <Pieces pieces={layout.recorded} className={styles.recorded} />
      <Pieces pieces={layout.marks} className={styles.gap} />
      {chosen === null ? null : <Pieces pieces={[chosen]} className={styles.chosen} />}
      {layout.now === null ? null : (
        <span className={styles.now} style={{ insetInlineStart: percent(layout.now) }} />
      )}
    </div>
  );
}

function Pieces({
  pieces,
  className,
}: {
  readonly pieces: readonly BarPiece[];
  readonly className: string | undefined;
}): ReactNode {
  return pieces.map(({ from, to }) => (
    <span
      key={from}
      className={className}
      style={{ insetInlineStart: percent(from), width: percent(to - from) }}
    />
  ));
}

function percent(fraction: number): string {
  return `${String(Math.round(fraction * 1e6) / 1e4)}%`;
}
