declare module 's3rver' {
  /** What the tests use of it: it has no types of its own. */
  class S3rver {
    constructor(options: {
      readonly address: string;
      readonly port: number;
      readonly silent: boolean;
      readonly directory: string;
      readonly configureBuckets: readonly { readonly name: string; readonly configs: string[] }[];
    });
    readonly store: {
      listObjects(
        bucket: unknown,
        wish: {
          readonly delimiter?: string;
          readonly maxKeys?: number;
          readonly prefix?: string;
          readonly startAfter?: string;
        },
      ): Promise<{
        readonly objects: readonly { readonly key: string }[];
        readonly commonPrefixes: readonly string[];
        readonly isTruncated: boolean;
      }>;
    };
    run(): Promise<{ readonly port: number }>;
    close(): Promise<void>;
  }
  export = S3rver;
}
