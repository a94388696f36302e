import { Button } from '@mantine/core';
import { IconFileImport, IconTrash, IconWaveSine } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { PageMessage } from '../../components/page-message';

interface Props {
  readonly openBin: () => void;
  readonly openImport: () => void;
}

/** Nothing is there: because nothing was recorded yet, or because all of it lies in the bin. */
export function EmptyLibrary({ openBin, openImport }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const bin = useQuery(queries.recordings.count.queryOptions({ input: { bin: true } }));
  const binned = bin.data?.total ?? 0;
  if (binned > 0) {
    return (
      <PageMessage
        icon={IconTrash}
        title={t('recordings.allInBinTitle')}
        text={t('recordings.allInBinText', { count: binned, formatted: format.count(binned) })}
        data-testid="all-in-bin"
      >
        <Button onClick={openBin}>{t('recordings.binOpen')}</Button>
      </PageMessage>
    );
  }
  return (
    <PageMessage
      icon={IconWaveSine}
      title={t('recordings.emptyTitle')}
      text={t('recordings.emptyText')}
      data-testid="empty-recordings"
    >
      <Button component={Link} href="/recorders">
        {t('recordings.emptyAction')}
      </Button>
      <Button
        variant="default"
        leftSection={<IconFileImport size={20} aria-hidden />}
        onClick={openImport}
      >
        {t('recordings.import')}
      </Button>
    </PageMessage>
  );
}
