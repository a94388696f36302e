/** It failed, and whoever asked has been told all of it. */
export class AlreadySaid extends Error {}
