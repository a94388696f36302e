import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStation } from '../../../app/station-context';
import { Dialog } from '../../../components/dialog';
import { LoadFailed } from '../../../components/load-failed';
import styles from '../dialog.module.css';
import { isGoingOn } from './going-on';
import { ImportForm } from './import-form';
import { ImportRun } from './import-run';
import { PastImports } from './past-imports';

export interface ImportDialogProps {
  readonly opened: boolean;
  readonly close: () => void;
  /** What was dropped onto the page; empty: nothing. */
  readonly dropped: readonly string[];
}

/** Brings sound from outside into the library: what, how, how far, and what became of each file. */
export function ImportDialog({ opened, close, dropped }: ImportDialogProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog opened={opened} close={close} title={t('import.title')} size="54rem">
      <Steps key={dropped.join('\n')} dropped={dropped} />
    </Dialog>
  );
}

function Steps({ dropped }: Pick<ImportDialogProps, 'dropped'>): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const list = useQuery(queries.imports.list.queryOptions({ staleTime: 0 }));
  const [shown, setShown] = useState<number | 'form' | null>(dropped.length > 0 ? 'form' : null);
  if (list.data === undefined)
    return list.isError ? (
      <LoadFailed
        error={list.error}
        retry={() => {
          void list.refetch();
        }}
      />
    ) : (
      <Skeleton height="16rem" radius="md" role="status" aria-label={t('app.loading')} />
    );
  const running = list.data.find(isGoingOn);
  // One runs at a time: it is what there is to see.
  const id = running?.id ?? (typeof shown === 'number' ? shown : null);
  if (id !== null)
    return (
      <div className={styles.body}>
        <ImportRun
          key={id}
          id={id}
          ended={() => {
            setShown(id);
            void list.refetch();
          }}
        />
        {running === undefined ? (
          <div className={styles.buttons}>
            <Button
              variant="default"
              data-testid="import-another"
              onClick={() => {
                setShown('form');
              }}
            >
              {t('import.another')}
            </Button>
          </div>
        ) : null}
      </div>
    );
  return (
    <div className={styles.body}>
      <ImportForm
        dropped={dropped}
        started={(begun) => {
          setShown(begun);
          void list.refetch();
        }}
      />
      <PastImports imports={list.data} show={setShown} />
    </div>
  );
}
