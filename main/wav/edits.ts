import type { FileHandle } from 'node:fs/promises';

/** One step of changing a file in place. */
export type Edit =
  | { readonly step: 'truncate'; readonly to: number }
  | { readonly step: 'write'; readonly position: number; readonly bytes: Buffer }
  /** What comes before is on the disk before anything that comes after. */
  | { readonly step: 'sync' };

/** Carries the steps out in order. @throws Node's errors; what was done until then stays */
export async function applyEdits(handle: FileHandle, edits: readonly Edit[]): Promise<void> {
  for (const edit of edits) {
    if (edit.step === 'truncate') await handle.truncate(edit.to);
    else if (edit.step === 'sync') await handle.sync();
    else await writeAll(handle, edit.bytes, edit.position);
  }
}

/** A nearly full disk may take a part of a write and refuse the rest at the next. */
export async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
