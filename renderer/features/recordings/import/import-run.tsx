import type { Import, ImportItemState } from '@shared/model/import';
import { Button, Skeleton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format/use-format';
import { useStation } from '../../../app/station-context';
import { ErrorNote } from '../../../components/error-note';
import { LoadFailed } from '../../../components/load-failed';
import { StatusBadge } from '../../../components/status-badge';
import styles from '../dialog.module.css';
import { ToggleChip } from '../toggle-chip';
import { useLive } from '../use-live';
import { WorkProgress } from '../work-progress';
import { isGoingOn } from './going-on';
import { ImportItems } from './import-items';
import own from './import.module.css';

const ITEM_STATES: readonly ImportItemState[] = [
  'imported',
  'repaired',
  'duplicate',
  'in_bin',
  'refused',
  'failed',
  'waiting',
];

interface Props {
  readonly id: number;
  /** It has come to an end, or to a rest, while it was looked at. */
  readonly ended: () => void;
}

/** One import: while it runs its progress, then its report. */
export function ImportRun(props: Props): ReactNode {
  const [turn, setTurn] = useState(0);
  return (
    <Followed
      // One that goes on is followed anew.
      key={turn}
      {...props}
      resumed={() => {
        setTurn(turn + 1);
      }}
    />
  );
}

function Followed({
  id,
  ended,
  resumed,
}: Props & {
  readonly resumed: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { client, queries } = useStation();
  const first = useQuery(queries.imports.get.queryOptions({ input: { id }, staleTime: 0 }));
  const watch = useMemo(
    () => (signal: AbortSignal) => client.imports.watch({ id }, { signal }),
    [client, id],
  );
  const live = useLive(watch);
  const current = live ?? first.data;
  const latestEnded = useRef(ended);
  useEffect(() => {
    latestEnded.current = ended;
  });
  const going = current === undefined ? null : isGoingOn(current);
  const wasGoing = useRef(false);
  useEffect(() => {
    if (going === true) wasGoing.current = true;
    if (going === false && wasGoing.current) {
      wasGoing.current = false;
      latestEnded.current();
    }
  }, [going]);
  if (current === undefined)
    return first.isError ? (
      <LoadFailed
        error={first.error}
        retry={() => {
          void first.refetch();
        }}
      />
    ) : (
      <Skeleton height="12rem" radius="md" role="status" aria-label={t('app.loading')} />
    );
  return <Run current={current} resumed={resumed} />;
}

function Run({
  current,
  resumed,
}: {
  readonly current: Import;
  readonly resumed: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const [shown, setShown] = useState<ImportItemState | null>(null);
  const queryClient = useQueryClient();
  const take = (changed: Import): void => {
    queryClient.setQueryData(queries.imports.get.queryKey({ input: { id: changed.id } }), changed);
    void queryClient.invalidateQueries({ queryKey: queries.imports.list.key() });
  };
  const cancel = useMutation(queries.imports.cancel.mutationOptions({ onSuccess: take }));
  const resume = useMutation(
    queries.imports.resume.mutationOptions({
      onSuccess: (changed) => {
        take(changed);
        resumed();
      },
    }),
  );
  const going = isGoingOn(current);
  const found = Object.values(current.files).reduce((sum, files) => sum + files, 0);
  const good = current.state === 'done' && current.files.failed === 0;
  return (
    <section className={styles.body} data-testid="import-run" data-state={current.state}>
      <div className={own.choose}>
        <StatusBadge
          tone={good ? 'good' : going ? 'info' : 'attention'}
          icon={
            going
              ? IconPlayerPlay
              : good
                ? IconCircleCheck
                : current.state === 'paused'
                  ? IconPlayerPause
                  : IconAlertTriangle
          }
        >
          {t(`importState.${going && current.problem !== null ? 'waiting' : current.state}`)}
        </StatusBadge>
        <span role="status">
          {t('import.found', { count: found, formatted: format.count(found) })}
        </span>
      </div>
      {current.problem === null ? null : (
        <p className={styles.danger} role="alert" lang="en">
          {current.problem}
        </p>
      )}
      {going ? (
        <WorkProgress
          label={t('import.progress')}
          doneBytes={current.doneBytes}
          totalBytes={current.totalBytes}
          bytesPerS={current.bytesPerS}
          secondsLeft={current.secondsLeft}
          counting={current.state === 'scanning'}
          current={current.current}
        />
      ) : null}
      <div className={own.counts} role="group" aria-label={t('import.report')}>
        {ITEM_STATES.map((state) => {
          const files = current.files[state];
          return files === 0 ? null : (
            <ToggleChip
              key={state}
              on={shown === state}
              press={() => {
                setShown(shown === state ? null : state);
              }}
              data-testid={`import-count-${state}`}
            >
              {t(`importItem.${state}`)} · {format.count(files)}
            </ToggleChip>
          );
        })}
      </div>
      {!going || shown !== null ? (
        <ImportItems key={shown ?? 'all'} id={current.id} state={shown} going={going} />
      ) : null}
      <ErrorNote error={cancel.error ?? resume.error} />
      <div className={styles.buttons}>
        {going || current.state === 'failed' || current.state === 'paused' ? (
          <Button
            variant="default"
            leftSection={<IconPlayerStop size={20} aria-hidden />}
            loading={cancel.isPending}
            data-testid="import-cancel"
            onClick={() => {
              cancel.mutate({ id: current.id });
            }}
          >
            {t('import.cancel')}
          </Button>
        ) : null}
        {going || (current.state === 'done' && current.files.failed === 0) ? null : (
          <Button
            leftSection={<IconPlayerPlay size={20} aria-hidden />}
            loading={resume.isPending}
            data-testid="import-resume"
            onClick={() => {
              resume.mutate({ id: current.id });
            }}
          >
            {t('import.resume')}
          </Button>
        )}
      </div>
    </section>
  );
}
