/** Source of a regular expression. */
export const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const IMPORTED_PATH = new RegExp(`^imported/(?<fan>[0-9a-f]{2})/(?<id>${UUID})\\.wav$`);

/** Where an imported file lies, relative to the data folder, `/`-separated. */
export function importedPath(id: string): string {
  return `imported/${id.slice(0, 2)}/${id}.wav`;
}

/** The sidecar's path beside that of its file, relative or not. */
export function sidecarPath(importedFile: string): string {
  return importedFile.replace(/\.wav$/, '.json');
}

/** The id of an imported file by its path relative to the data folder; null for what is none of ours. */
export function importedId(path: string): string | null {
  const groups = IMPORTED_PATH.exec(path)?.groups;
  return groups?.['id']?.slice(0, 2) === groups?.['fan'] ? (groups?.['id'] ?? null) : null;
}
