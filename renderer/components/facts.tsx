import type { ReactNode } from 'react';
import styles from './facts.module.css';

interface Fact {
  readonly label: string;
  readonly value: ReactNode;
  /** Long machine text (paths, hashes) may break anywhere. */
  readonly code?: boolean;
}

/** Pairs of name and value, as a description list. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): ReactNode {
  return (
    <dl className={styles.facts}>
      {facts.map(({ label, value, code }) => (
        <div key={label} className={styles.fact}>
          <dt>{label}</dt>
          <dd data-code={code === true ? '' : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
