import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PageMessage } from './page-message';

/** The station has never answered since this page was opened. */
export function NoContact(): ReactNode {
  const { t } = useTranslation();
  return (
    <PageMessage
      tone="attention"
      icon={IconPlugConnectedX}
      title={t('error.NO_CONTACT.text')}
      text={t('error.NO_CONTACT.advice')}
      alert
      data-testid="no-contact"
    >
      <Button
        onClick={() => {
          window.location.reload();
        }}
      >
        {t('common.reload')}
      </Button>
    </PageMessage>
  );
}
