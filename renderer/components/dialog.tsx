import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCompact } from './use-compact';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly title: string;
  /** Width where there is room; the small screen is filled. */
  readonly size?: string;
  /** Made when it opens: it begins anew each time. */
  readonly children: ReactNode;
}

/** A question or a task above the page, with its title and a way out. */
export function Dialog({ opened, close, title, size = 'lg', children }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={title}
      size={size}
      fullScreen={useCompact()}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {children}
    </Modal>
  );
}
