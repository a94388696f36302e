import S3rver from 's3rver';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../temporary-folder';
import type { ServedRemote } from './served-remote';

const BUCKET = 'sounds';

/** An S3 server with one bucket; MD5 as the ETag. */
export async function serveS3(): Promise<ServedRemote> {
  const folder = temporaryFolder();
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: BUCKET, configs: [] }],
  });
  listWhole(server);
  const { port } = await server.run();
  onTestFinished(() => server.close());
  return {
    type: 's3',
    options: {
      provider: 'Other',
      endpoint: `http://127.0.0.1:${String(port)}`,
      bucket: BUCKET,
      access_key_id: 'S3RVER',
    },
    secrets: { secret_access_key: 'S3RVER' },
    folder,
  };
}

/** As it is, it looks only one folder deep, and finds none that hold nothing but folders: S3 knows no folders. */
function listWhole({ store }: S3rver): void {
  const list = store.listObjects.bind(store);
  store.listObjects = async (bucket, { delimiter, maxKeys = Infinity, ...wish }) => {
    const { prefix = '' } = wish;
    const { objects } = await list(bucket, wish);
    const below = (key: string): number =>
      delimiter === undefined ? -1 : key.slice(prefix.length).indexOf(delimiter);
    const folders = objects.flatMap(({ key }) =>
      below(key) === -1 ? [] : [key.slice(0, prefix.length + below(key) + 1)],
    );
    const found = objects.filter(({ key }) => below(key) === -1);
    return {
      objects: found.slice(0, maxKeys),
      commonPrefixes: [...new Set(folders)].sort(),
      isTruncated: found.length > maxKeys,
    };
  };
}
