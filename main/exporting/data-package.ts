import type { Detection } from '@shared/model/analysis';
import { type Cell, csvLine, listCell } from './csv';

/** Camtrap DP, the version whose tables these are. Source: camtrap-dp.tdwg.org. */
const VERSION = '1.0.2';
const SCHEMAS = `https://raw.githubusercontent.com/tdwg/camtrap-dp/${VERSION}`;

export const DEPLOYMENT_COLUMNS = [
  'deploymentID',
  'locationID',
  'locationName',
  'latitude',
  'longitude',
  'deploymentStart',
  'deploymentEnd',
  'cameraID',
  'cameraModel',
  'timestampIssues',
  'deploymentComments',
] as const;

export const MEDIA_COLUMNS = [
  'mediaID',
  'deploymentID',
  'captureMethod',
  'timestamp',
  'filePath',
  'filePublic',
  'fileName',
  'fileMediatype',
  'exifData',
  'favorite',
  'mediaComments',
] as const;

export const OBSERVATION_COLUMNS = [
  'observationID',
  'deploymentID',
  'mediaID',
  'eventStart',
  'eventEnd',
  'observationLevel',
  'observationType',
  'scientificName',
  'classificationMethod',
  'classifiedBy',
  'classificationProbability',
  'observationTags',
  'observationComments',
] as const;

/** Degrees, WGS 84. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

/** A microphone in one place, over the time of what is exported of it. */
export interface Deployment {
  readonly id: string;
  readonly device: string;
  readonly model: string;
  /** null: not known. */
  readonly position: Position | null;
  readonly startMs: number;
  readonly endMs: number;
  /** Something in it was recorded while the clock was not right. */
  readonly clockIssues: boolean;
  readonly comment: string;
}

export interface Medium {
  readonly id: string;
  readonly deploymentId: string;
  readonly startMs: number;
  /** Relative to the package. */
  readonly path: string;
  readonly mediaType: string;
  /** What else is known of the file. */
  readonly facts: Readonly<Record<string, Cell>>;
  readonly favourite: boolean;
  readonly comment: string;
}

/** As Camtrap DP writes times: whole seconds. @param ms UTC */
function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function deploymentLine(deployment: Deployment): string {
  const { id, device, model, position, startMs, endMs, clockIssues, comment } = deployment;
  const place =
    position === null ? null : `${String(position.latitude)} ${String(position.longitude)}`;
  return csvLine([
    id,
    place,
    null,
    position?.latitude ?? null,
    position?.longitude ?? null,
    seconds(startMs),
    seconds(endMs),
    device,
    model,
    clockIssues,
    comment === '' ? null : comment,
  ]);
}

export function mediaLine(medium: Medium): string {
  const { id, deploymentId, startMs, path, mediaType, facts, favourite, comment } = medium;
  return csvLine([
    id,
    deploymentId,
    // The nearest of its two words: nothing triggers the recording.
    'timeLapse',
    seconds(startMs),
    path,
    false,
    path.slice(path.lastIndexOf('/') + 1),
    mediaType,
    JSON.stringify(facts),
    favourite,
    comment === '' ? null : comment,
  ]);
}

/** Genus and epithet, e.g. `Pipistrellus pipistrellus`: what else a worker calls it is a tag. */
const BINOMIAL = /^[A-Z][a-z]+(?:-[a-z]+)? [a-z-]{2,}(?: [a-z-]{2,})?$/;

/** @param medium the file in which it was heard */
export function observationLine(
  detection: Detection,
  medium: Pick<Medium, 'id' | 'deploymentId' | 'startMs'>,
): string {
  const { id, startS, endS, label, confidence, worker, workerVersion } = detection;
  const name = scientificName(label);
  return csvLine([
    `detection-${String(id)}`,
    medium.deploymentId,
    medium.id,
    seconds(medium.startMs + startS * 1000),
    seconds(medium.startMs + endS * 1000),
    'media',
    name === null ? 'unclassified' : 'animal',
    name,
    'machine',
    `${worker} ${workerVersion}`.trim(),
    confidence,
    listCell([label]),
    `${startS.toFixed(3)} to ${endS.toFixed(3)} s from the start of the file`,
  ]);
}

/** null: the label is no scientific name. Others write the common one behind it: `Parus major_Great Tit`. */
export function scientificName(label: string): string | null {
  const [first = ''] = label.split('_');
  return BINOMIAL.test(first) ? first : null;
}

export interface PackageFacts {
  readonly id: string;
  readonly station: string;
  readonly software: string;
  readonly createdMs: number;
  readonly deployments: readonly Deployment[];
  readonly scientificNames: readonly string[];
}

/** `datapackage.json`. What the station cannot know is said so, for whoever publishes it. */
export function packageDescriptor(facts: PackageFacts): string {
  const { id, station, software, createdMs, deployments, scientificNames } = facts;
  const starts = deployments.map(({ startMs }) => startMs);
  const ends = deployments.map(({ endMs }) => endMs);
  const descriptor = {
    resources: ['deployments', 'media', 'observations'].map((name) => ({
      name,
      path: `${name}.csv`,
      profile: 'tabular-data-resource',
      format: 'csv',
      mediatype: 'text/csv',
      encoding: 'utf-8',
      schema: `${SCHEMAS}/${name}-table-schema.json`,
    })),
    profile: `${SCHEMAS}/camtrap-dp-profile.json`,
    name: `silvasonic-${id}`,
    id,
    created: seconds(createdMs),
    title: `Sound recordings of ${station}`,
    description:
      'Recordings of an acoustic station, in the form of Camtrap DP: a microphone stands for a camera. Contributors, licences, project and the design of the sampling are to be filled in before it is published.',
    contributors: [{ title: station, role: 'contributor' }],
    sources: [{ title: software }],
    project: {
      title: station,
      samplingDesign: 'opportunistic',
      captureMethod: ['timeLapse'],
      individualAnimals: false,
      observationLevel: ['media'],
    },
    spatial: { type: 'MultiPoint', coordinates: placesOf(deployments) },
    temporal: {
      start: seconds(smallest(starts, createdMs)).slice(0, 10),
      end: seconds(largest(ends, createdMs)).slice(0, 10),
    },
    taxonomic: scientificNames.map((name) => ({ scientificName: name })),
  };
  return `${JSON.stringify(descriptor, null, 2)}\n`;
}

/** GeoJSON puts the longitude first. */
function placesOf(deployments: readonly Deployment[]): [number, number][] {
  const places = new Map<string, [number, number]>();
  for (const { position } of deployments) {
    if (position === null) continue;
    const { latitude, longitude } = position;
    places.set(`${String(latitude)} ${String(longitude)}`, [longitude, latitude]);
  }
  return [...places.values()];
}

function smallest(values: readonly number[], otherwise: number): number {
  return values.reduce((least, value) => Math.min(least, value), values[0] ?? otherwise);
}

function largest(values: readonly number[], otherwise: number): number {
  return values.reduce((most, value) => Math.max(most, value), values[0] ?? otherwise);
}

/** From GUANO's `Loc Position`; null: none, or none that can be. */
export function parsePosition(text: string | undefined): Position | null {
  const [latitude = Number.NaN, longitude = Number.NaN] = (text ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const exists = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  // Recorders without a fix write zeros.
  return exists && (latitude !== 0 || longitude !== 0) ? { latitude, longitude } : null;
}
