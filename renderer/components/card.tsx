import type { ReactNode } from 'react';
import styles from './card.module.css';

interface Props {
  /** Names the card for screen readers: the id of its heading. */
  readonly labelledBy: string;
  readonly children: ReactNode;
  readonly className?: string | undefined;
  readonly 'data-testid'?: string;
}

export function Card({ labelledBy, children, className, ...rest }: Props): ReactNode {
  return (
    <section
      className={`${styles.card ?? ''} ${className ?? ''}`}
      aria-labelledby={labelledBy}
      {...rest}
    >
      {children}
    </section>
  );
}
