import Sqlite from 'better-sqlite3';

// Imports nothing of ours: worker threads use it as it is.

/** Opens a SQLite file with nothing set. For the lock file and for looking into copies. */
export function openSqlite(
  file: string,
  options: { readonly?: boolean; timeoutMs?: number } = {},
): Sqlite.Database {
  // The prebuilt binary speaks Node-API 10. Older runtimes (Electron 33 in tests) get their own build.
  const nativeBinding =
    Number(process.versions['napi'] ?? 0) < 10
      ? process.env['SILVASONIC_SQLITE_BINDING']
      : undefined;
  return new Sqlite(file, {
    readonly: options.readonly ?? false,
    timeout: options.timeoutMs ?? 5000,
    ...(nativeBinding === undefined ? {} : { nativeBinding }),
  });
}
