import { printable } from "@meshwork/diagnostics";

/** Columns of text, padded to the widest cell; numbers stand to the right. The last column is not padded. */
export function table(rows: readonly (readonly (string | number)[])[], header?: readonly string[]): string[] {
  const all = (header ? [header, ...rows] : rows).map((row) => row.map((cell) => clean(String(cell))));
  // A column that says nothing in any row is no column.
  const empty = (i: number) => !header && all.every((r) => (r[i] ?? "") === "");
  const columns = Math.max(0, ...all.map((r) => r.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(0, ...all.map((r) => visible(r[i] ?? ""))));
  const right = Array.from(
    { length: columns },
    (_, i) => rows.length > 0 && rows.every((r) => typeof r[i] === "number" || /^[\d,]*$/.test(r[i] ?? "")),
  );
  return all.map((row) =>
    row
      .flatMap((cell, i) => {
        if (empty(i)) return [];
        const space = " ".repeat(widths[i]! - visible(cell));
        if (right[i]) return space + cell;
        return i === row.length - 1 ? cell : cell + space;
      })
      .join("  ")
      .trimEnd(),
  );
}

// oxlint-disable-next-line no-control-regex -- colour codes are what it looks for
const colorCode = /(\u001b\[[0-9;]*m)/g;

/** Colour codes take no room. */
const visible = (text: string): number => text.replace(colorCode, "").length;

/** Colours stay; whatever else could steer the terminal does not. */
const clean = (text: string): string =>
  text
    .split(colorCode)
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join("");
