import { randomUUID } from 'node:crypto';
import { fileSystemOf, type KnownStations } from './known-stations';
import { ensureMarker } from './marker';
import { messageOf } from '../error-message';

/** A disk that is full is no reason not to open an older station: the watch marks it when it can. */
export async function markFolder(
  root: string,
  stationId: string | null,
  wallMs: number,
): Promise<{ stationId: string; problem: string | null }> {
  try {
    const marker = await ensureMarker(root, stationId, wallMs);
    return { stationId: marker.stationId, problem: null };
  } catch (error) {
    const problem = `The data folder could not be marked: ${messageOf(error)}`;
    return { stationId: stationId ?? randomUUID(), problem };
  }
}

/** @returns what went wrong: it costs no recording, only that an unmounted disk is not noticed at the next start */
export async function rememberFolder(
  stations: KnownStations,
  root: string,
  stationId: string,
  seenMs: number,
): Promise<string | null> {
  try {
    const fileSystem = await fileSystemOf(root);
    await stations.remember(root, { stationId, fileSystem, seenMs });
    return null;
  } catch (error) {
    return `The data folder could not be remembered: ${messageOf(error)}`;
  }
}
