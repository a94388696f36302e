import type { StationClient } from '@shared/contract';
import type { Selection } from '@shared/model/recording';
import { AlreadySaid } from './already-said';
import { missingIn, tellMissing } from './asked-ids';
import { counted, megabytes, type Output, printable } from './output';

/** Puts tags on recordings and takes others off. @throws AlreadySaid when one that was named is not there */
export async function tagRecordings(
  client: StationClient,
  request: { selection: Selection; add: string[]; remove: string[] },
  json: boolean,
  output: Output,
): Promise<void> {
  const missing = await missingIn(client, request.selection);
  const done = await client.recordings.tag(request);
  output.out(json ? JSON.stringify(done) : `${counted(done.changed, 'recording')} changed.`);
  tellMissing(missing, output);
}

/** @throws AlreadySaid when one that was named is not there */
export async function protectRecordings(
  client: StationClient,
  request: { selection: Selection; protected: boolean },
  json: boolean,
  output: Output,
): Promise<void> {
  const missing = await missingIn(client, request.selection);
  const done = await client.recordings.protect(request);
  const words = request.protected ? 'now protected' : 'not protected any more';
  output.out(json ? JSON.stringify(done) : `${counted(done.changed, 'recording')} ${words}.`);
  tellMissing(missing, output);
}

/** Puts recordings into the bin. @throws AlreadySaid when one that was named is not there, or is protected */
export async function discardRecordings(
  client: StationClient,
  selection: Selection,
  json: boolean,
  output: Output,
): Promise<void> {
  const missing = await missingIn(client, selection);
  const done = await client.recordings.discard({ selection });
  if (json) output.out(JSON.stringify(done));
  else {
    const kept =
      done.protected === 0
        ? ''
        : ` ${counted(done.protected, 'protected one')} stayed where it was.`;
    output.out(
      `${counted(done.changed, 'recording')} put into the bin; "restore" undoes it.${kept}`,
    );
  }
  tellMissing(missing, output);
  // A filter may come upon protected ones; who names one wants it.
  if ('ids' in selection && done.protected > 0) throw new AlreadySaid();
}

/** @throws AlreadySaid when one that was named is not there */
export async function restoreRecordings(
  client: StationClient,
  selection: Selection,
  json: boolean,
  output: Output,
): Promise<void> {
  const missing = await missingIn(client, selection);
  const done = await client.recordings.restore({ selection: inBin(selection) });
  output.out(
    json ? JSON.stringify(done) : `${counted(done.changed, 'recording')} taken out of the bin.`,
  );
  tellMissing(missing, output);
}

/**
 * Removes for good what lies in the bin; without the number of recordings it tells what that would be.
 * @throws AlreadySaid when nothing was confirmed, or not all could be removed
 */
export async function purgeRecordings(
  client: StationClient,
  request: { selection: Selection; confirm: string | undefined; reason: string },
  json: boolean,
  output: Output,
): Promise<void> {
  const selection = inBin(request.selection);
  const { confirm, reason } = request;
  const missing = await missingIn(client, selection);
  if (confirm === undefined) {
    const plan = await client.recordings.purgePlan({ selection });
    if (json) output.out(JSON.stringify({ plan }));
    else {
      const { recordings, files, bytes, notUploaded } = plan;
      const lost = notUploaded === 0 ? '' : ` ${String(notUploaded)} of them are nowhere else.`;
      output.out(
        `${counted(recordings, 'recording')} in the bin, ${counted(files, 'file')}, ${megabytes(bytes)}.${lost}`,
      );
      if (recordings > 0) output.err(`Nothing was removed. For good: --yes ${String(recordings)}`);
    }
    tellMissing(missing, output);
    throw new AlreadySaid();
  }
  const purged = await client.recordings.purge({ selection, confirm, reason });
  if (json) output.out(JSON.stringify(purged));
  else {
    const { recordings, bytes, failed } = purged;
    output.out(`${counted(recordings, 'recording')} removed for good, ${megabytes(bytes)}.`);
    if (failed > 0) {
      output.err(
        `${counted(failed, 'recording')} could not be removed, see the log; still in the bin.`,
      );
    }
  }
  tellMissing(missing, output);
  if (purged.failed > 0) throw new AlreadySaid();
}

/** Writes title, description and notes of one recording; an empty one is taken away. */
export async function describeRecording(
  client: StationClient,
  request: { id: number; title?: string; description?: string; notes?: string },
  json: boolean,
  output: Output,
): Promise<void> {
  const recording = await client.recordings.describe(request);
  if (json) {
    output.out(JSON.stringify(recording));
    return;
  }
  for (const name of ['title', 'description', 'notes'] as const) {
    output.out(printable(`${name}: ${recording[name] ?? '-'}`));
  }
}

/** What is restored or removed lies in the bin, whether it was said or not. */
function inBin(selection: Selection): Selection {
  return 'filter' in selection ? { filter: { ...selection.filter, bin: true } } : selection;
}
