import { oc } from '@orpc/contract';
import { z } from 'zod';
import { reconciliationSchema } from '../model/custody';
import {
  remoteChangeSchema,
  remoteDraftSchema,
  remoteSchema,
  remoteSecretsSchema,
  remoteSlugSchema,
  remoteTestSchema,
  removalSchema,
} from '../model/remote';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_FOUND, CONFLICT, INVALID_VALUE, NOT_AVAILABLE } = contractErrors;

const oneRemote = z.strictObject({ slug: remoteSlugSchema });

export const remotesContract = {
  /** In the order in which they are served. */
  list: oc.input(noInput).output(z.array(remoteSchema)),
  /**
   * Connects, writes, reads back and removes a small file. With `slug`: under the secrets that the vault has, but for
   * those that are given. Nothing is stored.
   */
  test: oc
    .input(
      z.strictObject({
        slug: remoteSlugSchema.optional(),
        draft: remoteDraftSchema.optional(),
        secrets: remoteSecretsSchema.default({}),
      }),
    )
    .output(remoteTestSchema)
    .errors({ NOT_FOUND, INVALID_VALUE, NOT_AVAILABLE }),
  /** It gets what is recorded from now on; `backfill` adds what there is. */
  add: oc
    .input(
      z.strictObject({
        draft: remoteDraftSchema,
        secrets: remoteSecretsSchema.default({}),
        /** Default: made of the name. */
        slug: remoteSlugSchema.optional(),
      }),
    )
    .output(remoteSchema)
    .errors({ CONFLICT, INVALID_VALUE, NOT_AVAILABLE }),
  /** Its slug and its type stay, and once it has copies its base path. `draft.options` are given whole. */
  edit: oc
    .input(
      oneRemote.extend({
        draft: remoteChangeSchema.default({}),
        secrets: remoteSecretsSchema.default({}),
      }),
    )
    .output(remoteSchema)
    .errors({ NOT_FOUND, INVALID_VALUE, NOT_AVAILABLE }),
  pause: oc.input(oneRemote).output(remoteSchema).errors({ NOT_FOUND }),
  resume: oc.input(oneRemote).output(remoteSchema).errors({ NOT_FOUND }),
  /** What removing it would come to; nothing is removed. */
  removalPlan: oc.input(oneRemote).output(removalSchema).errors({ NOT_FOUND }),
  /**
   * Its secrets go at once, what waits for it is forgotten; what it is known to have stays known, and nothing is removed
   * there. Added again with the same options, it is the same one.
   */
  remove: oc.input(oneRemote).output(removalSchema).errors({ NOT_FOUND }),
  /** Queues what was recorded before it was added; `recordings`: how many. Safe to repeat. */
  backfill: oc
    .input(oneRemote)
    .output(z.strictObject({ recordings: z.number().int().min(0) }))
    .errors({ NOT_FOUND }),
  /** Compares what lies there with what the database says; the topic `remotes` tells of its end. */
  reconcile: oc.input(oneRemote).output(reconciliationSchema).errors({ NOT_FOUND, CONFLICT }),
  reconciliation: oc.input(oneRemote).output(reconciliationSchema.nullable()).errors({ NOT_FOUND }),
  /** Room on the remote. Bytes; null where it does not tell. */
  room: oc
    .input(oneRemote)
    .output(remoteTestSchema.shape.room)
    .errors({ NOT_FOUND, NOT_AVAILABLE }),
};
