import type { Span } from "@meshwork/diagnostics";

/** Somebody who reads a product and whose code the workspace does not hold. */
export interface OutsideReader {
  /** `usage`: a log says so; `exposure`: a dbt project does; `declared`: the contract's own list of who comes after it. */
  readonly kind: "usage" | "exposure" | "declared";
  /** `role ANALYST with Tableau`, an exposure's label. */
  readonly name: string;
  readonly owner: string | null;
  /** `null`: not known which. */
  readonly port: string | null;
  readonly major: number | null;
  /** `null`: not known which. */
  readonly columns: readonly string[] | null;
  readonly lastSeen: string | null;
  /** Statements in the log. */
  readonly count: number | null;
  readonly place?: Span | undefined;
}

/** What is known of a reader, as a sentence. */
export function sentenceAbout({
  kind,
  name,
  owner,
  port,
  major,
  columns,
  lastSeen,
  count,
  place,
}: OutsideReader): string {
  if (kind === "declared") return `The contract names ${name} among its readers.`;
  if (kind === "exposure")
    return `Exposure "${name}"${owner === null ? "" : ` (${owner})`} reads port ${port}${place === undefined ? "" : ` (${place.file}:${place.line})`}.`;
  const what =
    columns === null
      ? "and it is not known which columns"
      : columns.length === 0
        ? "no column of it"
        : columns.join(", ");
  return `${name} reads port ${port}${major === null ? "" : ` (version ${major})`}, ${what}: ${count} ${count === 1 ? "statement" : "statements"}, ${lastSeen === null ? "the log does not say when" : `last ${lastSeen.slice(0, 10)}`}.`;
}

export const unseenSentences = (roles: readonly string[]): string[] =>
  roles.length === 0
    ? []
    : [`The contract lets ${roles.join(", ")} read it, and no imported usage tells whether they do.`];
