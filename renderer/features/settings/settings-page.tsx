import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import { useStation } from '../../app/station-context';
import { LoadFailed } from '../../components/load-failed';
import { AboutSection } from './about-section';
import { CloudSection } from './cloud-section';
import { CredentialsSection } from './credentials-section';
import { DisplaySection } from './display-section';
import { GeneralSection } from './general-section';
import { LibrarySection } from './library/library-section';
import styles from './settings-page.module.css';
import { StorageSection } from './storage-section';
import { UpdatesSection } from './updates-section';

const SECTIONS = [
  'general',
  'storage',
  'cloud',
  'library',
  'display',
  'updates',
  'credentials',
  'about',
] as const;
type Section = (typeof SECTIONS)[number];

export function SettingsPage(): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const settings = useQuery(queries.settings.get.queryOptions());
  const { section: wanted } = useParams();
  const section: Section = SECTIONS.find((candidate) => candidate === wanted) ?? 'general';
  return (
    <div className={styles.page}>
      <h1 className={styles.title}>{t('settings.title')}</h1>
      <nav className={styles.tabs} aria-label={t('settings.title')}>
        {SECTIONS.map((id) => (
          <Link
            key={id}
            href={`/settings/${id}`}
            className={styles.tab}
            aria-current={id === section ? 'page' : undefined}
            data-testid={`settings-${id}`}
          >
            {t(`settings.${id}`)}
          </Link>
        ))}
      </nav>
      <section className={styles.section} aria-labelledby="settings-section">
        <h2 id="settings-section" className={styles.heading}>
          {t(`settings.${section}`)}
        </h2>
        {settings.data === undefined ? (
          settings.isError ? (
            <LoadFailed
              error={settings.error}
              retry={() => {
                void settings.refetch();
              }}
            />
          ) : (
            <div
              className={styles.fields}
              role="status"
              aria-label={t('app.loading')}
              data-testid="skeleton"
            >
              <Skeleton height="4.5rem" radius="md" />
              <Skeleton height="4.5rem" radius="md" />
              <Skeleton height="4.5rem" radius="md" />
            </div>
          )
        ) : section === 'general' ? (
          <GeneralSection settings={settings.data} />
        ) : section === 'storage' ? (
          <StorageSection settings={settings.data} />
        ) : section === 'cloud' ? (
          <CloudSection settings={settings.data} />
        ) : section === 'library' ? (
          <LibrarySection settings={settings.data} />
        ) : section === 'display' ? (
          <DisplaySection settings={settings.data} />
        ) : section === 'updates' ? (
          <UpdatesSection settings={settings.data} />
        ) : section === 'credentials' ? (
          <CredentialsSection />
        ) : (
          <AboutSection />
        )}
      </section>
    </div>
  );
}
