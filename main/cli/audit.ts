import type { StationClient } from '@shared/contract';
import { AlreadySaid } from './already-said';
import { counted, type Output, printable } from './output';

/**
 * Compares rows with files, both ways.
 * @throws AlreadySaid when it was refused
 */
export async function audit(
  client: StationClient,
  acceptLoss: boolean,
  json: boolean,
  output: Output,
): Promise<void> {
  const report = await client.integrity.audit({ acceptLoss });
  const { refused, rows, markedMissing, healed, registered } = report;
  if (json) {
    output.out(JSON.stringify(report));
  } else {
    output.out(
      `${counted(rows, 'recording')} compared with the files: ${String(markedMissing)} marked as missing, ${String(healed)} here again, ${String(registered)} found without a row`,
    );
    if (refused !== null) {
      output.out(printable(`REFUSED: ${refused}`));
      output.out('Where the files are really gone, --accept-loss marks them.');
    }
  }
  if (refused !== null) throw new AlreadySaid();
}
