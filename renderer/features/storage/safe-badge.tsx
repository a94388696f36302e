import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { StatusBadge } from '../../components/status-badge';

/** Whether what goes is somewhere else, or nobody wanted that; null: nobody could be asked. */
export function SafeBadge({ safe }: { readonly safe: boolean | null }): ReactNode {
  const { t } = useTranslation();
  return (
    <StatusBadge
      tone={safe === true ? 'good' : 'danger'}
      icon={safe === true ? IconShieldCheck : IconAlertTriangle}
      data-testid="safe"
      data-state={safe === null ? 'unknown' : safe ? 'safe' : 'unsafe'}
    >
      {t(safe === null ? 'storage.safeUnknown' : safe ? 'storage.safe' : 'storage.unsafe')}
    </StatusBadge>
  );
}
