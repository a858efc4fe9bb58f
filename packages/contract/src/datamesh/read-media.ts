import type { Media } from "../model.ts";
import type { Item } from "../yaml/reader.ts";
import type { ColumnFile } from "./data-product.schema.ts";
import { withoutUndefined } from "./read-values.ts";

const ALGORITHMS = ["md5", "sha1", "sha256", "sha512"] as const;

/** `media:` of a column: what its references lead to. Types and schemes are compared in lower case, as RFCs have it. */
export function readMedia(item: Item<ColumnFile["media"]>): Media | undefined {
  const section = item.section("The media");
  if (section === undefined) return undefined;
  const types = section
    .need("types")
    .items()
    .flatMap((each) => each.listed() ?? []);
  const schemes = section
    .get("schemes")
    .items()
    .flatMap((each) => each.listed() ?? []);
  const media = withoutUndefined({
    types: types.map((type) => type.trim().toLowerCase()),
    base: section.get("base").text(),
    schemes: schemes.length === 0 ? undefined : schemes.map((scheme) => scheme.trim().toLowerCase()),
    typeColumn: section.get("type_column").text(),
    checksum: readChecksum(section.get("checksum")),
    sizeColumn: section.get("size_column").text(),
    maxBytes: section.get("max_bytes").number({ min: 1, max: Number.MAX_SAFE_INTEGER, integer: true }),
  });
  section.done();
  return types.length === 0 ? undefined : media;
}

function readChecksum(item: Item<NonNullable<ColumnFile["media"]>["checksum"]>): Media["checksum"] {
  const section = item.section("The checksum");
  if (section === undefined) return undefined;
  const column = section.need("column").text();
  const algorithm = section.get("algorithm").oneOf(ALGORITHMS) ?? "sha256";
  section.done();
  return column === undefined ? undefined : { algorithm, column };
}
