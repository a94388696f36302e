import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { MARKER_NAME } from '../data-folder';
import { orNothing } from '../files/absent';
import { RecordingEditor } from '../recordings/editor';
import { RecordingPurge } from '../recordings/purge';
import { ReadThread } from '../recordings/read-thread';
import { RecordingsRepository } from '../recordings/repository';
import type { Base } from './base';
import type { Recording } from './recording';

/** Finding recordings, and what people decide about them. */
export interface Recordings {
  readonly repository: RecordingsRepository;
  readonly editor: RecordingEditor;
  readonly purge: RecordingPurge;
  /** Lets go of the database; nobody is answered any more. */
  close(): Promise<void>;
}

export function composeRecordings(base: Base, { indexer }: Pick<Recording, 'indexer'>): Recordings {
  const { foundation, connection, bus, log, settings, dataDisk } = base;
  const { options, clock, folder } = foundation;
  const thread = new ReadThread(options.readWorkerUrl, connection.sqlite.name);
  const repository = new RecordingsRepository({
    connection,
    dataRoot: folder.root,
    bus,
    thread,
    timezone: () => settings.get().system.timezone,
  });
  const editor = new RecordingEditor({
    connection,
    clock,
    bus,
    ids: (selection) => repository.ids(selection),
    get: (id) => repository.get(id),
  });
  const purge = new RecordingPurge({
    connection,
    clock,
    bus,
    logger: log.logger('recordings'),
    dataRoot: folder.root,
    plan: (selection) => repository.purgePlan(selection),
    purgeable: (selection) => repository.purgeable(selection),
    exists: (id) => repository.get(id) !== null,
    diskIsThere: async () =>
      dataDisk.state().state !== 'missing' &&
      (await orNothing(lstat(join(folder.root, MARKER_NAME)))) !== null,
    exclusively: (work) => indexer.whileNotIndexing(work),
    companionsOf: (path) => (path.startsWith('imported/') ? sidecarsOf(path) : []),
  });
  return { repository, editor, purge, close: () => thread.close() };
}

/** What an import has written beside a file, see the importing room. */
function sidecarsOf(path: string): readonly string[] {
  return [path.replace(/\.[^./]+$/, '.json')];
}
