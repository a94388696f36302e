import { UnstyledButton } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './toggle-chip.module.css';

interface Props {
  readonly on: boolean;
  readonly press: () => void;
  readonly children: ReactNode;
  readonly 'data-testid'?: string;
}

/** A word that is on or off. */
export function ToggleChip({ on, press, children, ...rest }: Props): ReactNode {
  return (
    <UnstyledButton className={styles.chip} aria-pressed={on} onClick={press} {...rest}>
      {on ? <IconCheck size={18} aria-hidden /> : null}
      {children}
    </UnstyledButton>
  );
}
