import { Button } from '@mantine/core';
import { IconReload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Detail } from '../components/detail';
import { PageMessage } from '../components/page-message';

export function BrokenPage({ error }: { readonly error: Error }): ReactNode {
  const { t } = useTranslation();
  return (
    <PageMessage tone="attention" title={t('error.page.text')} text={t('error.page.advice')} alert>
      <Button
        leftSection={<IconReload size={20} aria-hidden />}
        onClick={() => {
          window.location.reload();
        }}
      >
        {t('common.reload')}
      </Button>
      <Detail text={error.stack ?? error.message} />
    </PageMessage>
  );
}
