export { exportCatalog } from "./export-catalog.tsx";
export type { Exported } from "./export-catalog.tsx";
export { livePages } from "./pages.tsx";
export type { CatalogPages, Page } from "./pages.tsx";
