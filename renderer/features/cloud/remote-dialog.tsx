import type { Remote } from '@shared/model/remote';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/dialog';
import { RemoteForm } from './remote-form';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  /** null: a new one. */
  readonly remote: Remote | null;
}

/** Adds a remote, or changes one. */
export function RemoteDialog({ opened, close, remote }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog
      opened={opened}
      close={close}
      title={remote === null ? t('cloud.addTitle') : t('cloud.editTitle', { name: remote.name })}
      size="46rem"
    >
      <RemoteForm key={remote?.slug ?? ''} remote={remote} close={close} />
    </Dialog>
  );
}
