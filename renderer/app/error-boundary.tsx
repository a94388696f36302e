import { Component, type ReactNode } from 'react';
import { BrokenPage } from './broken-page';

interface Props {
  readonly children: ReactNode;
}

/** Catches what a page throws while it is drawn, so that the rest of the console stays usable. */
export class ErrorBoundary extends Component<Props, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : <BrokenPage error={error} />;
  }
}
