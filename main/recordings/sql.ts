/** What a `?` stands for. */
export type Bound = string | number | null;

/** A piece of SQL and what is bound to it, in order. */
export interface Sql {
  readonly text: string;
  readonly bound: readonly Bound[];
}

export function sql(text: string, ...bound: readonly Bound[]): Sql {
  return { text, bound };
}

export function join(pieces: readonly Sql[], between: string): Sql {
  return {
    text: pieces.map(({ text }) => text).join(between),
    bound: pieces.flatMap(({ bound }) => bound),
  };
}
