import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';

interface Props {
  readonly id: 'dashboard' | 'recorders' | 'recordings' | 'storage' | 'cloud' | 'logs' | 'settings';
  readonly path: string;
  readonly icon: Icon;
  readonly className: string | undefined;
  readonly onFollow?: () => void;
}

/** Whether a page is the one that is open; sub-pages belong to their page. */
export function isCurrent(path: string, location: string): boolean {
  return path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);
}

export function NavigationLink({ id, path, icon: Sign, className, onFollow }: Props): ReactNode {
  const { t } = useTranslation();
  const [location] = useLocation();
  return (
    <Link
      href={path}
      className={className}
      aria-current={isCurrent(path, location) ? 'page' : undefined}
      data-testid={`nav-${id}`}
      onClick={() => {
        onFollow?.();
      }}
    >
      <Sign size={24} aria-hidden />
      <span>{t(`nav.${id}`)}</span>
    </Link>
  );
}
