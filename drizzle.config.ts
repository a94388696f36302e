import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: './main/database/schema.ts',
  out: './main/database/migrations',
});
