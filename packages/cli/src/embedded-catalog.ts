import type { OpenEmbedded } from "@meshwork/workspace";

/** Opens embedded catalogs for one command; the catalog's code is loaded when the first step needs it. */
export function embeddedCatalogs(): { open: OpenEmbedded; close(): Promise<void> } {
  let loaded: Promise<ReturnType<typeof import("@meshwork/catalog-server").embeddedCatalogs>> | undefined; // oxlint-disable-line typescript/consistent-type-imports -- a static import would load it
  return {
    async open(dir) {
      loaded ??= import("@meshwork/catalog-server").then((m) => m.embeddedCatalogs());
      return (await loaded).open(dir);
    },
    async close() {
      await (await loaded)?.close();
    },
  };
}
