import type { StationClient } from '@shared/contract';
import type { Output } from './output';

/** Says to the station that its clock is right: whoever types this has just compared it. */
export async function confirmClock(
  client: StationClient,
  json: boolean,
  output: Output,
): Promise<void> {
  const { at } = await client.station.snapshot();
  const { confirmed } = await client.station.confirmClock({ shown: at });
  output.out(json ? JSON.stringify({ confirmed }) : `Confirmed: the clock showed ${confirmed}.`);
}
