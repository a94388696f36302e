import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly title: string;
  /** Made when it opens. */
  readonly children: ReactNode;
}

/** What has no room beside the content of the small screen: it slides over all of it. */
export function FullSheet({ opened, close, title, children }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size="100%"
      title={title}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {children}
    </Drawer>
  );
}
