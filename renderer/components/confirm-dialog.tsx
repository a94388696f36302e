import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './confirm-dialog.module.css';

interface Props {
  readonly opened: boolean;
  readonly title: string;
  /** What will happen, said before it does. */
  readonly consequences: readonly string[];
  readonly confirmLabel: string;
  readonly confirm: () => void;
  readonly cancel: () => void;
}

export function ConfirmDialog({
  opened,
  title,
  consequences,
  confirmLabel,
  confirm,
  cancel,
}: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={cancel}
      title={title}
      // Much to say is said beside each other, so that the way out stays in sight.
      size={consequences.length > 3 ? 'xl' : 'md'}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <div className={styles.body} data-testid="confirm-dialog">
        {consequences.map((text) => (
          <p key={text}>{text}</p>
        ))}
        <div className={styles.buttons}>
          {/* The harmless way out has the focus. */}
          <Button variant="default" onClick={cancel} data-autofocus data-testid="confirm-cancel">
            {t('common.cancel')}
          </Button>
          <Button onClick={confirm} data-testid="confirm-accept">
            {confirmLabel}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
