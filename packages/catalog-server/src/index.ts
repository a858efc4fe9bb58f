export { catalogArea } from "./catalog-codes.ts";
export { embeddedCatalogs } from "./embedded-catalogs.ts";
export { openCatalog } from "./open-catalog.ts";
export type { CatalogConnection, Opened, OpenOptions } from "./open-catalog.ts";
export { startCatalog } from "./start-catalog.ts";
export type { CatalogOptions, RunningCatalog } from "./start-catalog.ts";
