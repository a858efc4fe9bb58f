import { addToLists, removeFromLists } from "./yaml-list.ts";

const lists = (product: string) => ({
  "model-paths": [`${product}/models`],
  "macro-paths": [`${product}/macros`],
  "seed-paths": [`${product}/seeds`],
  "snapshot-paths": [`${product}/snapshots`],
  "test-paths": [`${product}/tests`],
});

/** The domain's dbt project with a product's folders in its paths. */
export const addProductToProject = (file: string, text: string, product: string): string =>
  addToLists(file, text, lists(product));

export const removeProductFromProject = (file: string, text: string, product: string): string =>
  removeFromLists(file, text, lists(product));
