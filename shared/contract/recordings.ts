import { oc } from '@orpc/contract';
import { z } from 'zod';
import { daySchema } from '../model/coverage';
import {
  recordingDaySchema,
  recordingFilterSchema,
  recordingPageSchema,
  recordingSchema,
  selectionSchema,
} from '../model/recording';
import { tagNameSchema } from '../model/tag';
import { noInput } from './no-input';
import { detectionSchema } from '../model/analysis';
import { instantSchema } from '../model/time';
import { contractErrors } from './errors';

const { NOT_FOUND, INVALID_VALUE, CONFLICT } = contractErrors;
const changedSchema = z.strictObject({ changed: z.number().int().min(0) });
/** `change`: what `undo` takes it back by, for ten minutes; null: there is nothing to take back, or too much. */
const undoableSchema = changedSchema.extend({ change: z.string().nullable() });
const purgePlanSchema = z.strictObject({
  recordings: z.number().int().min(0),
  files: z.number().int().min(0),
  bytes: z.number().int().min(0),
  /** Nowhere else: gone for ever. */
  notUploaded: z.number().int().min(0),
  from: instantSchema.nullable(),
  to: instantSchema.nullable(),
});

export const recordingsContract = {
  /** A page of recordings in order of time, by keyset: as fast at the end of millions as at the start. */
  list: oc
    .input(
      recordingFilterSchema.extend({
        order: z.enum(['newest_first', 'oldest_first']).default('newest_first'),
        limit: z.number().int().min(1).max(1000).default(100),
        cursor: z.string().max(100).optional(),
      }),
    )
    .output(recordingPageSchema)
    .errors({ INVALID_VALUE }),
  count: oc.input(recordingFilterSchema).output(z.strictObject({ total: z.number().int().min(0) })),
  get: oc
    .input(z.strictObject({ id: z.number().int().min(1) }))
    .output(recordingSchema)
    .errors({ NOT_FOUND }),
  /** How much there is on each day of the station's zone, both ends included; days without anything are left out. Ten years at most. */
  days: oc
    .input(
      recordingFilterSchema
        .omit({ from: true, to: true })
        .extend({ from: daySchema, to: daySchema }),
    )
    .output(z.array(recordingDaySchema))
    .errors({ INVALID_VALUE }),
  /** Changes what people write; what is absent stays, null empties. */
  describe: oc
    .input(
      z.strictObject({
        id: z.number().int().min(1),
        title: z.string().trim().max(200).nullable().optional(),
        description: z.string().trim().max(10_000).nullable().optional(),
        notes: z.string().trim().max(10_000).nullable().optional(),
      }),
    )
    .output(recordingSchema)
    .errors({ NOT_FOUND }),
  /** Safe to repeat. `changed` counts recordings that were not so before. */
  tag: oc
    .input(
      z.strictObject({
        selection: selectionSchema,
        add: z.array(tagNameSchema).max(20).default([]),
        remove: z.array(tagNameSchema).max(20).default([]),
      }),
    )
    .output(undoableSchema),
  protect: oc
    .input(z.strictObject({ selection: selectionSchema, protected: z.boolean() }))
    .output(undoableSchema),
  /** Takes back what one `tag` or `protect` changed, and nothing else. */
  undo: oc
    .input(z.strictObject({ change: z.string().min(1).max(64) }))
    .output(changedSchema)
    .errors({ NOT_FOUND }),
  /** Every tag that is in use, with how often. */
  tags: oc
    .input(noInput)
    .output(z.array(z.strictObject({ name: tagNameSchema, recordings: z.number().int().min(1) }))),
  /**
   * Into the bin: nothing on disk is touched, and `restore` undoes it. Protected ones stay where they are. `at`: the
   * moment that all of them carry as `deletedAt`.
   */
  discard: oc
    .input(z.strictObject({ selection: selectionSchema }))
    .output(changedSchema.extend({ protected: z.number().int().min(0), at: instantSchema })),
  restore: oc
    .input(
      z.strictObject({
        selection: selectionSchema,
        /** Only what one `discard` put there: its `at`. */
        discardedAt: instantSchema.optional(),
      }),
    )
    .output(changedSchema),
  /** What `purge` would remove for good, told first. */
  purgePlan: oc.input(z.strictObject({ selection: selectionSchema })).output(purgePlanSchema),
  /**
   * Removes files and rows for good, of what lies in the bin only; leaves an audit row and one in `deletions`.
   * `confirm` is the number of recordings that the plan told, typed by a person.
   */
  purge: oc
    .input(
      z.strictObject({
        selection: selectionSchema,
        confirm: z.string().max(20),
        /** Why, for the audit log, e.g. a person's request. */
        reason: z.string().trim().min(1).max(500),
      }),
    )
    .output(
      z.strictObject({
        recordings: z.number().int().min(0),
        bytes: z.number().int().min(0),
        /** Whose files could not be removed: they are in the bin still. */
        failed: z.number().int().min(0),
      }),
    )
    .errors({ INVALID_VALUE, CONFLICT }),
  detections: oc
    .input(z.strictObject({ id: z.number().int().min(1) }))
    .output(z.array(detectionSchema))
    .errors({ NOT_FOUND }),
};
