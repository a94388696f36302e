// The aliases of tsconfig.json, as dependency-cruiser reads them (it wants the form of a webpack configuration).
// Given tsconfig.json itself, it takes the package `electron` for the folder electron/.
import { resolve } from 'node:path';

export default {
  resolve: {
    alias: {
      '@shared': resolve(import.meta.dirname, 'shared'),
      '@main': resolve(import.meta.dirname, 'main'),
    },
  },
};
