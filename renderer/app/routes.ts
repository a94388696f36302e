import {
  IconCloud,
  IconDatabase,
  IconLayoutDashboard,
  IconListDetails,
  IconMicrophone,
  IconSettings,
  IconTerminal2,
  type Icon,
} from '@tabler/icons-react';
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { DashboardPage } from '../features/dashboard/dashboard-page';

interface Route {
  readonly id: 'dashboard' | 'recorders' | 'recordings' | 'storage' | 'cloud' | 'logs' | 'settings';
  readonly path: string;
  /** What wouter matches; parameters belong to the page. */
  readonly pattern: string;
  readonly icon: Icon;
  readonly page: ComponentType | LazyExoticComponent<ComponentType>;
}

/**
 * The pages, in the order of the navigation. Only the first one loads with the shell: the sooner the answer
 * to "is it recording?" stands on the screen, the better.
 */
export const ROUTES: readonly Route[] = [
  { id: 'dashboard', path: '/', pattern: '/', icon: IconLayoutDashboard, page: DashboardPage },
  {
    id: 'recorders',
    path: '/recorders',
    pattern: '/recorders/:adding?',
    icon: IconMicrophone,
    page: lazy(async () => ({
      default: (await import('../features/recorders/recorders-page')).RecordersPage,
    })),
  },
  {
    id: 'recordings',
    path: '/recordings',
    pattern: '/recordings/:id?',
    icon: IconListDetails,
    page: lazy(async () => ({
      default: (await import('../features/recordings/recordings-page')).RecordingsPage,
    })),
  },
  {
    id: 'storage',
    path: '/storage',
    pattern: '/storage',
    icon: IconDatabase,
    page: lazy(async () => ({
      default: (await import('../features/storage/storage-page')).StoragePage,
    })),
  },
  {
    id: 'cloud',
    path: '/cloud',
    pattern: '/cloud/:what?/:slug?',
    icon: IconCloud,
    page: lazy(async () => ({
      default: (await import('../features/cloud/cloud-page')).CloudPage,
    })),
  },
  {
    id: 'logs',
    path: '/logs',
    pattern: '/logs',
    icon: IconTerminal2,
    page: lazy(async () => ({ default: (await import('../features/logs/logs-page')).LogsPage })),
  },
  {
    id: 'settings',
    path: '/settings',
    pattern: '/settings/:section?',
    icon: IconSettings,
    page: lazy(async () => ({
      default: (await import('../features/settings/settings-page')).SettingsPage,
    })),
  },
];

/** The touchscreen's bottom bar has room for four pages and for "More". */
export const FIRST_ROUTES = ROUTES.slice(0, 4);
export const OTHER_ROUTES = ROUTES.slice(4);
