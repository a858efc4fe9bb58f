import type { OpenEmbedded } from "@meshwork/workspace";

/**
 * Opens embedded catalogs once for a whole command and closes them at its end: each through the server that holds the
 * folder, else its files. The catalog's code is loaded when the first step needs it.
 */
export function embeddedCatalogs(): { open: OpenEmbedded; close(): Promise<void> } {
  const opened = new Map<string, ReturnType<typeof load>>();
  const load = async (dir: string) => (await import("@meshwork/catalog-server")).openCatalog({ dir });
  return {
    open(dir) {
      const known = opened.get(dir) ?? load(dir);
      opened.set(dir, known);
      return known;
    },
    async close() {
      for (const one of opened.values()) {
        const catalog = await one;
        if (catalog.ok) await catalog.value.close();
      }
    },
  };
}
