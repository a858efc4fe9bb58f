import { describe } from "./entry-values.ts";
import type { MacroArgument } from "./model.ts";
import type { Reading } from "./reading.ts";
import { entryOf, itemsOf, textOf, valueOf } from "./yaml.ts";

/** What properties files say of macros: description, arguments, meta. */
export function describeMacros(reading: Reading): void {
  const { macros } = reading.around;
  for (const entry of reading.resources) {
    if (entry.kind !== "macro") continue;
    const found = macros.in(reading.package.name, entry.name);
    if (found === undefined) continue;
    const args = itemsOf(entryOf(entry.node, "arguments")?.value).flatMap((item): MacroArgument[] => {
      const name = textOf(entryOf(item, "name")?.value);
      if (name === undefined) return [];
      return [{ name, type: textOf(entryOf(item, "type")?.value), description: describe(reading, item, entry.source) }];
    });
    const config = entryOf(entry.node, "config")?.value;
    const meta = entryOf(entry.node, "meta") ?? entryOf(config, "meta");
    const value = meta === undefined ? {} : valueOf(meta.value);
    macros.describe(reading.package.name, entry.name, {
      description: describe(reading, entry.node, entry.source),
      arguments: args,
      meta: new Map(typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : []),
      patchPath: `${reading.package.name}://${entry.source.path}`,
    });
  }
}
