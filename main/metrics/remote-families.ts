import { type Remote, remoteStateSchema } from '@shared/model/remote';
import { type Family, gauges, states, timestampS } from './family';

type Value = number | null;

/** How each remote stands: what waits for it, what it has. What was tried: see `upload-tally.ts`. */
export function remoteFamilies(remotes: readonly Remote[]): Family[] {
  const each = (name: string, help: string, value: (remote: Remote) => Value): Family =>
    gauges(
      `silvasonic_remote_${name}`,
      help,
      ['remote'],
      remotes.map((remote) => [[remote.slug], value(remote)]),
    );
  return [
    gauges(
      'silvasonic_remote_info',
      'The name and the kind of a remote.',
      ['remote', 'name', 'type'],
      remotes.map(({ slug, name, type }) => [[slug, name, type], 1]),
    ),
    gauges(
      'silvasonic_remote_state',
      '1 for the state that a remote is in.',
      ['remote', 'state'],
      remotes.flatMap(({ slug, state }) => states(remoteStateSchema.options, state, [slug])),
    ),
    each('waiting', 'Recordings that wait for a remote.', ({ waiting }) => waiting),
    each('retrying', 'Of those that wait: tried, and put back.', ({ failed }) => failed),
    each('given_up', 'Recordings that a remote was given up on.', ({ givenUp }) => givenUp),
    each('verified', 'Recordings whose copy was read back.', ({ verified }) => verified),
    each(
      'upload_bytes_per_second',
      'What goes to a remote, over the last minutes.',
      ({ bytesPerS }) => bytesPerS,
    ),
    each(
      'last_success_timestamp_seconds',
      'When an upload last succeeded, in seconds since 1970.',
      ({ lastUploadAt }) => timestampS(lastUploadAt),
    ),
    each(
      'last_failure_timestamp_seconds',
      'When an upload last failed, in seconds since 1970.',
      ({ lastFailure }) => timestampS(lastFailure?.at),
    ),
    each(
      'caught_up_timestamp_seconds',
      'When nothing will wait any more if all goes on so, in seconds since 1970; absent: not foreseeable.',
      ({ caughtUpAt }) => timestampS(caughtUpAt),
    ),
  ];
}
