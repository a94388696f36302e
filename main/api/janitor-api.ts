import type { Deletion, JanitorPlan, JanitorStatus } from '@shared/model/janitor';
import { os } from './implementer';

/** What is asked of the janitor. */
export interface JanitorSource {
  /** @throws NotAvailableError */
  janitorStatus(): Promise<JanitorStatus>;
  /** @throws NotAvailableError */
  plan(limit: number): Promise<JanitorPlan>;
  /** A cycle now. @throws NotAvailableError */
  run(): Promise<JanitorStatus>;
  /** @throws InvalidValueError for a cursor that no page gave out */
  history(page: { readonly cursor?: string | undefined; readonly limit: number }): {
    items: Deletion[];
    nextCursor: string | null;
  };
}

export function janitorApi(janitor: JanitorSource) {
  return {
    status: os.janitor.status.handler(() => janitor.janitorStatus()),
    plan: os.janitor.plan.handler(({ input }) => janitor.plan(input.limit)),
    run: os.janitor.run.handler(() => janitor.run()),
    history: os.janitor.history.handler(({ input }) => janitor.history(input)),
  };
}
