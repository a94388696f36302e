import { execa } from 'execa';
import { burden } from '../process/priority';
import { StationError } from '../station-error';

/**
 * The version of the ffmpeg that would record.
 * @throws StationError FFMPEG_MISSING
 */
export async function probeFfmpeg(ffmpeg: string): Promise<string> {
  const probing = execa(ffmpeg, ['-hide_banner', '-version'], { reject: false, timeout: 10_000 });
  void burden(probing.pid);
  const result = await probing;
  const version = /^ffmpeg version (\S+)/.exec(result.stdout)?.[1];
  if (version !== undefined) return version;
  throw new StationError(
    'FFMPEG_MISSING',
    result.code === 'ENOENT'
      ? `ffmpeg was not found ("${ffmpeg}"): nothing can be recorded. Install the package "ffmpeg".`
      : `"${ffmpeg} -version" does not answer as ffmpeg does: nothing can be recorded.`,
  );
}
