import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './status-badge.module.css';
import type { Tone } from './tone';

interface Props {
  readonly tone: Tone;
  /** Colour never carries meaning alone: a badge has words, and usually a sign. */
  readonly icon?: Icon;
  readonly children: ReactNode;
  readonly title?: string;
  readonly 'data-testid'?: string;
  readonly 'data-state'?: string;
}

export function StatusBadge({ tone, icon: Sign, children, ...rest }: Props): ReactNode {
  return (
    <span className={styles.badge} data-tone={tone} {...rest}>
      {Sign === undefined ? null : (
        <Sign size={16} stroke={2.25} aria-hidden className={styles.icon} />
      )}
      <span>{children}</span>
    </span>
  );
}
