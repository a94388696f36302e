import { Suspense, useLayoutEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { useCompact } from '../components/use-compact';
import { useFreshness } from '../stores/station-view';
import { BottomBar } from './bottom-bar';
import { ErrorBoundary } from './error-boundary';
import { Footer } from './footer';
import { Header } from './header';
import { PageSkeleton } from './page-skeleton';
import { ROUTES } from './routes';
import styles from './shell.module.css';
import { SideNavigation } from './side-navigation';

export function Shell(): ReactNode {
  const { t } = useTranslation();
  const compact = useCompact();
  const { stale } = useFreshness();
  const [path] = useLocation();
  const content = useRef<HTMLElement>(null);
  // A page begins at its top, not where the last one was left; what opens within a page moves nothing.
  const page = path.split('/', 2)[1];
  useLayoutEffect(() => {
    content.current?.scrollTo(0, 0);
  }, [page]);
  return (
    <div className={styles.shell} data-stale={stale ? '' : undefined}>
      <a
        className={styles.skip}
        href="#content"
        onClick={(event) => {
          // The hash belongs to the router.
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        {t('app.skipToContent')}
      </a>
      <Header />
      {compact ? null : <SideNavigation />}
      <main ref={content} id="content" className={styles.content} tabIndex={-1}>
        <Switch>
          {ROUTES.map(({ id, pattern, page: Page }) => (
            <Route key={id} path={pattern}>
              <ErrorBoundary>
                <Suspense fallback={<PageSkeleton />}>
                  <Page />
                </Suspense>
              </ErrorBoundary>
            </Route>
          ))}
          <Route>
            <Redirect to="/" />
          </Route>
        </Switch>
      </main>
      {compact ? <BottomBar /> : <Footer />}
    </div>
  );
}
