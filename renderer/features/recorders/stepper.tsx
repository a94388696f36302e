import { ActionIcon } from '@mantine/core';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './stepper.module.css';

interface Props {
  readonly less: {
    readonly label: string;
    readonly press: () => void;
    readonly disabled?: boolean;
  };
  readonly more: {
    readonly label: string;
    readonly press: () => void;
    readonly disabled?: boolean;
  };
  readonly children: ReactNode;
}

/** A value between a button that lowers it and one that raises it: for fingers, where typing is slow. */
export function Stepper({ less, more, children }: Props): ReactNode {
  return (
    <div className={styles.stepper}>
      <ActionIcon
        variant="default"
        aria-label={less.label}
        disabled={less.disabled ?? false}
        onClick={less.press}
      >
        <IconMinus size={20} aria-hidden />
      </ActionIcon>
      {children}
      <ActionIcon
        variant="default"
        aria-label={more.label}
        disabled={more.disabled ?? false}
        onClick={more.press}
      >
        <IconPlus size={20} aria-hidden />
      </ActionIcon>
    </div>
  );
}
