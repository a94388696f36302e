import { Button } from '@mantine/core';
import { IconMicrophone, IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { PageMessage } from '../../components/page-message';
import { useCompact } from '../../components/use-compact';

/** Leads from nothing to a recording. On the small screen the button matters more than a picture. */
export function FirstMicrophone(): ReactNode {
  const { t } = useTranslation();
  return (
    <PageMessage
      {...(useCompact() ? {} : { icon: IconMicrophone })}
      title={t('dashboard.emptyTitle')}
      text={t('dashboard.emptyText')}
      data-testid="empty-dashboard"
    >
      <Button
        component={Link}
        href="/recorders/add-simulated"
        leftSection={<IconPlus size={20} aria-hidden />}
        data-testid="empty-add-simulated"
      >
        {t('recorders.addSimulated')}
      </Button>
    </PageMessage>
  );
}
