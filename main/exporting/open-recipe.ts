import type { ExportFormat } from '@shared/model/export';
import { PackageRecipe } from './package-recipe';
import { PersonalRecipe } from './personal-recipe';
import { type Recipe, type RecipeParts, soundFiles } from './recipe';
import { TableRecipe } from './table-recipe';

export function openRecipe(format: ExportFormat, parts: RecipeParts): Promise<Recipe> {
  switch (format) {
    case 'wav':
    case 'flac':
      return TableRecipe.open(parts, soundFiles(parts, 'recordings', format === 'flac'));
    case 'csv':
      return TableRecipe.open(parts, null);
    case 'data_package':
      return PackageRecipe.open(parts);
    case 'personal_data':
      return PersonalRecipe.open(parts);
  }
}
