import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './page-message.module.css';
import type { Tone } from './tone';

interface Props {
  readonly title: string;
  readonly text: string;
  readonly tone?: Tone;
  readonly icon?: Icon;
  /** Read out at once by a screen reader. */
  readonly alert?: boolean;
  /** The next step. */
  readonly children?: ReactNode;
  readonly 'data-testid'?: string;
}

/** What a page shows instead of content: nothing there yet, nothing fits, or it could not be loaded. */
export function PageMessage({
  title,
  text,
  tone = 'neutral',
  icon: Sign,
  alert,
  children,
  ...rest
}: Props): ReactNode {
  return (
    <section
      className={styles.message}
      data-tone={tone}
      role={alert === true ? 'alert' : undefined}
      {...rest}
    >
      {Sign === undefined ? null : (
        <Sign size={48} stroke={1.5} aria-hidden className={styles.icon} />
      )}
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>{text}</p>
      <div className={styles.actions}>{children}</div>
    </section>
  );
}
