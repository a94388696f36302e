/** Did the console go away in the middle of an answer? That is all that is told of it then. */
export function isLineBroken(error: unknown): boolean {
  return error instanceof TypeError && /^(terminated|fetch failed)$/.test(error.message);
}
