/** Words of a name, whatever joins them: `order-events`, `order_events`, `OrderEvents`, `order events`. */
function words(name: string): string[] {
  return name
    .slice(0, 200)
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** The name as products and folders write it: `order-events`. Holds only `a-z`, `0-9` and `-`, whatever comes in. */
export const kebabName = (name: string): string => words(name).join("-");

/** The name as SQL and dbt write it: `order_events`. Holds only `a-z`, `0-9` and `_`, whatever comes in. */
export const snakeName = (name: string): string => words(name).join("_");

/** What a product, port or domain may be called by its author. */
export const isPlainName = (name: string): boolean =>
  name.length <= 100 && /^[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*$/.test(name);

/** A name cut to what fits a message. */
export const shown = (text: string, limit = 60): string => {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
};
