import slugify from '@sindresorhus/slugify';
import { remoteSlugSchema } from '@shared/model/remote';

const LONGEST = 64;

/** A slug made of a name, that none of `taken` is. @param otherwise for a name without a letter that a slug could have */
export function freeSlug(name: string, otherwise: string, taken: ReadonlySet<string>): string {
  const wanted = trimmed(slugify(name, { decamelize: false }), LONGEST);
  const base = remoteSlugSchema.safeParse(wanted).success ? wanted : otherwise;
  if (!taken.has(base)) return base;
  for (let n = 2; ; n += 1) {
    const ending = `-${String(n)}`;
    const slug = trimmed(base, LONGEST - ending.length) + ending;
    if (!taken.has(slug)) return slug;
  }
}

function trimmed(slug: string, length: number): string {
  return slug.slice(0, length).replace(/-+$/, '');
}
