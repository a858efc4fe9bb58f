import type { CatalogConnection, Opened } from "./open-catalog.ts";
import { openCatalog } from "./open-catalog.ts";

/**
 * Opens embedded catalogs once for a whole command and closes them at its end: each through the server that holds the
 * folder, else its files.
 */
export function embeddedCatalogs(): {
  open(dir: string): Promise<Opened<CatalogConnection>>;
  close(): Promise<void>;
} {
  const opened = new Map<string, Promise<Opened<CatalogConnection>>>();
  return {
    open(dir) {
      const known = opened.get(dir) ?? openCatalog({ dir });
      opened.set(dir, known);
      return known;
    },
    async close() {
      for (const one of opened.values()) {
        const catalog = await one;
        if (catalog.ok) await catalog.value.close();
      }
      opened.clear();
    },
  };
}
