import { Button } from '@mantine/core';
import { IconCloudUp, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useParams } from 'wouter';
import { useStation } from '../../app/station-context';
import { Asked } from '../../components/asked';
import { PageMessage } from '../../components/page-message';
import styles from './cloud-page.module.css';
import { CloudSwitch } from './cloud-switch';
import { LiveTransfers } from './live-transfers';
import { RemoteCard } from './remote-card';
import { RemoteDialog } from './remote-dialog';
import { UploadHistory } from './upload-history';

/** Queues and rates change without an event of their own. */
const POLL_MS = 5_000;

/** Where recordings are copied to: how each of these places is, what can be done with it, and all that was sent. */
export function CloudPage(): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const [, navigate] = useLocation();
  const { what, slug } = useParams();
  const remotes = useQuery(
    queries.remotes.list.queryOptions({ staleTime: 0, refetchInterval: POLL_MS }),
  );
  const edited = what === 'edit' ? remotes.data?.find((remote) => remote.slug === slug) : undefined;
  const add = (
    <Button
      leftSection={<IconPlus size={20} aria-hidden />}
      data-testid="remote-add"
      onClick={() => {
        navigate('/cloud/add');
      }}
    >
      {t('cloud.add')}
    </Button>
  );
  return (
    <div className={styles.page} data-testid="cloud-page">
      <div className={styles.head}>
        <h1 className={styles.title}>{t('nav.cloud')}</h1>
        <div className={styles.actions}>
          <Link href="/settings/cloud" className={styles.link}>
            {t('cloud.changeSettings')}
          </Link>
          {remotes.data === undefined || remotes.data.length === 0 ? null : add}
        </div>
      </div>
      <Asked query={remotes}>
        {(list) =>
          list.length === 0 ? (
            <PageMessage
              icon={IconCloudUp}
              title={t('cloud.emptyTitle')}
              text={t('cloud.emptyText')}
              data-testid="empty-cloud"
            >
              {add}
            </PageMessage>
          ) : (
            <>
              <CloudSwitch />
              <LiveTransfers>
                <ul className={styles.cards}>
                  {list.map((remote) => (
                    <li key={remote.slug}>
                      <RemoteCard remote={remote} />
                    </li>
                  ))}
                </ul>
              </LiveTransfers>
            </>
          )
        }
      </Asked>
      <UploadHistory remotes={remotes.data ?? []} />
      <RemoteDialog
        opened={what === 'add' || edited !== undefined}
        remote={edited ?? null}
        close={() => {
          navigate('/cloud', { replace: true });
        }}
      />
    </div>
  );
}
