// Artifacts are written by many versions of dbt and may come from anywhere: nothing in them is taken on trust.

export type JsonMap = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const mapOf = (value: unknown): JsonMap => (isMap(value) ? value : {});

export const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

export const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];

/** The entries of a map; of a list, its maps by their `name`, as some versions write columns. */
export function entriesOf(value: unknown): readonly (readonly [string, JsonMap])[] {
  if (Array.isArray(value)) {
    return value.flatMap((each) => {
      const name = isMap(each) ? textOf(each["name"]) : undefined;
      return name === undefined ? [] : [[name, each as JsonMap] as const];
    });
  }
  return Object.entries(mapOf(value)).flatMap(([key, each]) => (isMap(each) ? [[key, each] as const] : []));
}

/** An artifact's text as a map with `metadata`, or why it is none. */
export function parseArtifact(text: string): { readonly root: JsonMap } | { readonly problem: string } {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    return { problem: `it is not JSON (${(error as Error).message.split("\n")[0]})` };
  }
  if (!isMap(root)) return { problem: "it holds no object" };
  if (!isMap(root["metadata"])) return { problem: "it has no metadata, which every artifact of dbt has" };
  return { root };
}

/** `12` of `…/dbt/manifest/v12.json`. */
export const schemaVersion = (root: JsonMap): number | undefined => {
  const version = textOf(mapOf(root["metadata"])["dbt_schema_version"]);
  const found = version === undefined ? null : /\/v(\d{1,3})(?:\.json)?$/.exec(version);
  return found === null ? undefined : Number(found[1]);
};
