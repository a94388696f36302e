import { join } from 'node:path';
import type { Recording } from '@shared/model/recording';
import { readGuano } from '../wav/guano';
import { csvLine } from './csv';
import {
  type Deployment,
  DEPLOYMENT_COLUMNS,
  deploymentLine,
  MEDIA_COLUMNS,
  mediaLine,
  OBSERVATION_COLUMNS,
  observationLine,
  packageDescriptor,
  parsePosition,
  type Position,
  scientificName,
} from './data-package';
import { safeName } from './file-names';
import type { LineFile } from './line-file';
import { type Recipe, type RecipeParts, soundFiles } from './recipe';
import type { ExportedFile, SoundFiles } from './sound-files';

interface Tables {
  readonly media: LineFile;
  readonly observations: LineFile;
}

/** More have no place in a descriptor; all of them are in the table of observations. */
const MOST_NAMES = 10_000;

/**
 * A data package in the form of Camtrap DP. A deployment is a microphone in one place: the place that its files tell,
 * else, of our own recordings, where the station is now; nobody else's place is made up.
 */
export class PackageRecipe implements Recipe {
  readonly #parts: RecipeParts;
  readonly #sounds: SoundFiles;
  readonly #tables: Tables;
  /** By microphone and place. */
  readonly #deployments = new Map<string, Deployment>();
  readonly #names = new Set<string>();

  private constructor(parts: RecipeParts, tables: Tables) {
    this.#parts = parts;
    this.#sounds = soundFiles(parts, 'media', false);
    this.#tables = tables;
  }

  static async open(parts: RecipeParts): Promise<PackageRecipe> {
    const { bundle } = parts;
    const media = await bundle.openText('media.csv');
    await media.write(csvLine(MEDIA_COLUMNS));
    const observations = await bundle.openText('observations.csv');
    await observations.write(csvLine(OBSERVATION_COLUMNS));
    return new PackageRecipe(parts, { media, observations });
  }

  async add(recording: Recording): Promise<void> {
    const files = await this.#sounds.add(recording);
    if (files.length === 0) return;
    const deployment = this.#deploymentOf(recording, await this.#positionOf(recording));
    const startMs = Date.parse(recording.time);
    const media = files.map((file) => ({
      id: `recording-${String(recording.id)}-${file.stream}`,
      deploymentId: deployment.id,
      startMs,
      path: file.path,
      mediaType: file.mediaType,
      facts: factsOf(recording, file),
      favourite: recording.protected,
      comment: commentOf(recording),
    }));
    for (const medium of media) await this.#tables.media.write(mediaLine(medium));
    // Workers listen to the raw file where there is one.
    const heardIn = media[0];
    if (heardIn === undefined) return;
    for (const detection of this.#parts.records.detections(recording.id)) {
      await this.#tables.observations.write(observationLine(detection, heardIn));
      const name = scientificName(detection.label);
      if (name !== null && this.#names.size < MOST_NAMES) this.#names.add(name);
    }
  }

  async finish(): Promise<void> {
    const { bundle, exportId, station, software, atMs } = this.#parts;
    await bundle.finishText(this.#tables.media, 'media.csv');
    await bundle.finishText(this.#tables.observations, 'observations.csv');
    const deployments = [...this.#deployments.values()];
    const table = await bundle.openText('deployments.csv');
    await table.write(csvLine(DEPLOYMENT_COLUMNS));
    for (const deployment of deployments) {
      await table.write(deploymentLine(deployment));
      if (deployment.position === null) {
        await bundle.remark({
          kind: 'position_unknown',
          recordingId: null,
          detail: `fill in latitude and longitude of ${deployment.id} in deployments.csv before it is published`,
        });
      }
    }
    await bundle.finishText(table, 'deployments.csv');
    await bundle.addText(
      'datapackage.json',
      packageDescriptor({
        id: exportId,
        station: station.name,
        software,
        createdMs: atMs,
        deployments,
        scientificNames: [...this.#names].sort(),
      }),
    );
  }

  #deploymentOf(recording: Recording, position: Position | null): Deployment {
    const { device, time, durationS, clockUnsynced, timeSource } = recording;
    const place =
      position === null ? '' : `${String(position.latitude)} ${String(position.longitude)}`;
    const key = `${device}\n${place}`;
    const startMs = Date.parse(time);
    const before = this.#deployments.get(key);
    const deployment: Deployment = {
      id: before?.id ?? `${safeName(device, 'device')}-${String(this.#deployments.size + 1)}`,
      device,
      model: before?.model ?? this.#parts.records.displayName(device),
      position,
      startMs: Math.min(before?.startMs ?? startMs, startMs),
      endMs: Math.max(before?.endMs ?? startMs, Math.ceil(startMs + durationS * 1000)),
      // When a file was last written may be when it was copied.
      clockIssues: (before?.clockIssues ?? false) || clockUnsynced || timeSource === 'file_time',
      comment: position === null ? 'The position is not known to the station.' : '',
    };
    this.#deployments.set(key, deployment);
    return deployment;
  }

  async #positionOf(recording: Recording): Promise<Position | null> {
    const { dataRoot, station } = this.#parts;
    const path = recording.raw?.path ?? recording.processed?.path ?? '';
    // What has no such metadata, or none that can be read, tells no place.
    const guano = await readGuano(join(dataRoot, path)).catch(() => null);
    const told = parsePosition(guano?.get('Loc Position'));
    return told ?? (recording.source === 'recorder' ? station.position : null);
  }
}

/** What Camtrap DP has no column for. */
function factsOf(
  recording: Recording,
  { stream }: ExportedFile,
): Record<string, string | number | boolean | null> {
  const file = recording[stream];
  return {
    time: recording.time,
    durationS: recording.durationS,
    stream,
    sampleRateHz: file?.sampleRateHz ?? null,
    channels: file?.channels ?? null,
    bitsPerSample: file?.bitsPerSample ?? null,
    sha256: file?.sha256 ?? null,
    originalName: recording.originalName,
    simulated: recording.simulated,
    tags: recording.tags.join(' | '),
  };
}

function commentOf({ title, description, notes, simulated }: Recording): string {
  const made = simulated ? 'Simulated: made by a computer, no microphone recorded this.' : null;
  return [made, title, description, notes]
    .filter((text) => text !== null && text !== '')
    .join('\n');
}
