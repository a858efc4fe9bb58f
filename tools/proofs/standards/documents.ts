import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { parseAllDocuments } from "yaml";
import { schemaFor } from "./schemas.ts";
import type { Json, SchemaName } from "./schemas.ts";

export interface StandardDocument {
  /** Of which collection: `odcs`, `datacontract-cli` … */
  readonly source: string;
  readonly file: string;
  readonly text: string;
  readonly value: Json;
  readonly schema: SchemaName;
}

export interface Collection {
  readonly documents: readonly StandardDocument[];
  /** YAML files that are no document of a standard, by why. */
  readonly passed: ReadonlyMap<string, number>;
}

/** Every document of a standard below a folder. */
export function collect(source: string, folder: string): Collection {
  const documents: StandardDocument[] = [];
  const passed = new Map<string, number>();
  const pass = (why: string): void => void passed.set(why, (passed.get(why) ?? 0) + 1);
  for (const file of filesBelow(folder)) {
    const text = readFileSync(file, "utf8");
    const known = /^(?:kind|apiVersion|dataContractSpecification):/m.test(text);
    if (!known) continue;
    const parsed = parseAllDocuments(text, { merge: true, logLevel: "silent" });
    const [first] = parsed;
    if (!Array.isArray(parsed) || first === undefined || first.errors.length > 0) pass("no YAML for the yaml package");
    else {
      const value = first.toJS({ maxAliasCount: 1000 }) as Json;
      const schema = schemaFor(value);
      if (schema === undefined) pass("another kind of file, or a version before 3.0");
      else documents.push({ source, file: relative(folder, file).replaceAll("\\", "/"), text, value, schema });
    }
  }
  return { documents, passed };
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/[/\\](?:node_modules|\.git)[/\\]/.test(file))
    .sort();
}
