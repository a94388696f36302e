import { useId, type ReactNode } from 'react';
import styles from './library.module.css';

interface Props {
  readonly title: string;
  /** What it does, in a sentence. */
  readonly help: string;
  /** How it is. */
  readonly badge?: ReactNode;
  readonly children: ReactNode;
  readonly 'data-testid': string;
}

/** One of those that look after the library: its name, how it is, what is known of it and what can be done. */
export function HealthBlock({ title, help, badge, children, ...rest }: Props): ReactNode {
  const id = useId();
  return (
    <section className={styles.block} aria-labelledby={id} {...rest}>
      <div className={styles.head}>
        <h3 id={id} className={styles.title}>
          {title}
        </h3>
        {badge}
      </div>
      <p className={styles.quiet}>{help}</p>
      {children}
    </section>
  );
}
