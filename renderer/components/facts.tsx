import type { ReactNode } from 'react';
import styles from './facts.module.css';

interface Fact {
  readonly label: string;
  readonly value: ReactNode;
  /** Long machine text (paths, hashes) may break anywhere. */
  readonly code?: boolean;
  /** Takes two places. */
  readonly wide?: boolean;
}

/** Pairs of name and value, as a description list. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): ReactNode {
  return (
    <dl className={styles.facts}>
      {facts.map(({ label, value, code, wide }) => (
        <div key={label} className={styles.fact} data-wide={wide === true ? '' : undefined}>
          <dt>{label}</dt>
          <dd data-code={code === true ? '' : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
