import { z } from 'zod';
import type { RemoteObject } from '../provider';

/** An entry of a listing, as rclone tells it. */
export const remoteItemSchema = z.object({
  Path: z.string(),
  Size: z.number(),
  ModTime: z.string().default(''),
  IsDir: z.boolean(),
  ID: z.string().optional(),
  Hashes: z.record(z.string(), z.string()).nullish(),
});
export type RemoteItem = z.infer<typeof remoteItemSchema>;

/** @param hashes which of them tell something of the object */
export function remoteObject(item: RemoteItem, hashes: ReadonlySet<string>): RemoteObject {
  const modifiedAtMs = Date.parse(item.ModTime);
  const known = Object.entries(item.Hashes ?? {}).filter(
    ([name, value]) => value !== '' && hashes.has(name),
  );
  return {
    path: item.Path,
    sizeBytes: item.Size,
    hashes: Object.fromEntries(known),
    remoteId: item.ID ?? null,
    // rclone's way to say that it is not known is a time long before there were any clouds.
    modifiedAtMs:
      Number.isFinite(modifiedAtMs) && modifiedAtMs > 946_684_800_000 ? modifiedAtMs : null,
  };
}
