import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import {
  importItemSchema,
  importItemStateSchema,
  importOptionsSchema,
  importSchema,
} from '../model/import';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_FOUND, INVALID_VALUE, CONFLICT } = contractErrors;
const byId = z.strictObject({ id: z.number().int().min(1) });

export const importsContract = {
  /** Copies files and folders of the station's machine into the library. One import runs at a time. */
  start: oc
    .input(
      z.strictObject({
        /** Absolute paths. */
        paths: z.array(z.string().min(1).max(4096)).min(1).max(10_000),
        options: importOptionsSchema.prefault({}),
      }),
    )
    .output(importSchema)
    .errors({ INVALID_VALUE, CONFLICT }),
  /** The newest first. */
  list: oc.input(noInput).output(z.array(importSchema)),
  get: oc.input(byId).output(importSchema).errors({ NOT_FOUND }),
  /** Ten times a second at most while it runs; ends with it. */
  watch: oc.input(byId).output(eventIterator(importSchema)).errors({ NOT_FOUND }),
  /** What is copied stays. Safe to call twice. */
  cancel: oc.input(byId).output(importSchema).errors({ NOT_FOUND }),
  /** Goes on with what is not taken yet. Safe to call twice. */
  resume: oc.input(byId).output(importSchema).errors({ NOT_FOUND, CONFLICT }),
  /** The report, a page at a time, in the order of finding. */
  items: oc
    .input(
      byId.extend({
        state: importItemStateSchema.optional(),
        afterId: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(z.array(importItemSchema))
    .errors({ NOT_FOUND }),
};
