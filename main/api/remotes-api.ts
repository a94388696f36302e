import type { Reconciliation } from '@shared/model/custody';
import type {
  Remote,
  RemoteChange,
  RemoteDraft,
  RemoteSecrets,
  RemoteTest,
  Removal,
} from '@shared/model/remote';
import { os } from './implementer';

/** What is asked of the remotes. */
export interface RemotesSource {
  all(): Remote[];
  test(
    what: {
      readonly slug?: string | undefined;
      readonly draft?: RemoteDraft | undefined;
      readonly secrets: RemoteSecrets;
    },
    signal: AbortSignal,
  ): Promise<RemoteTest>;
  add(
    what: {
      readonly draft: RemoteDraft;
      readonly secrets: RemoteSecrets;
      readonly slug?: string | undefined;
    },
    actor: string,
  ): Promise<Remote>;
  edit(
    slug: string,
    what: { readonly draft: RemoteChange; readonly secrets: RemoteSecrets },
    actor: string,
  ): Promise<Remote>;
  pauseBy(slug: string, actor: string): Remote;
  resumeBy(slug: string, actor: string): Remote;
  removalPlan(slug: string): Promise<Removal>;
  remove(slug: string, actor: string): Promise<Removal>;
  backfill(slug: string, actor: string): Promise<{ recordings: number }>;
  room(slug: string, signal: AbortSignal): Promise<RemoteTest['room']>;
}

/** What compares a remote with the database. */
export interface ReconciliationSource {
  /** Begins, and does not wait. */
  reconcile(slug: string): Reconciliation;
  reconciliation(slug: string): Reconciliation | null;
}

const never = new AbortController().signal;

export function remotesApi(remotes: RemotesSource, reconciler: ReconciliationSource) {
  return {
    list: os.remotes.list.handler(() => remotes.all()),
    test: os.remotes.test.handler(({ input, signal }) => remotes.test(input, signal ?? never)),
    add: os.remotes.add.handler(({ input, context }) => remotes.add(input, context.actor)),
    edit: os.remotes.edit.handler(({ input: { slug, ...what }, context }) =>
      remotes.edit(slug, what, context.actor),
    ),
    pause: os.remotes.pause.handler(({ input, context }) =>
      remotes.pauseBy(input.slug, context.actor),
    ),
    resume: os.remotes.resume.handler(({ input, context }) =>
      remotes.resumeBy(input.slug, context.actor),
    ),
    removalPlan: os.remotes.removalPlan.handler(({ input }) => remotes.removalPlan(input.slug)),
    remove: os.remotes.remove.handler(({ input, context }) =>
      remotes.remove(input.slug, context.actor),
    ),
    backfill: os.remotes.backfill.handler(({ input, context }) =>
      remotes.backfill(input.slug, context.actor),
    ),
    reconcile: os.remotes.reconcile.handler(({ input }) => reconciler.reconcile(input.slug)),
    reconciliation: os.remotes.reconciliation.handler(({ input }) =>
      reconciler.reconciliation(input.slug),
    ),
    room: os.remotes.room.handler(({ input, signal }) => remotes.room(input.slug, signal ?? never)),
  };
}
