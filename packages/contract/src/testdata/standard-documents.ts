import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("./standards/", import.meta.url));

export interface StandardDocument {
  /** Below `testdata/standards`. */
  readonly file: string;
  readonly text: string;
}

/** The documents of the standards' own repositories and of their reference tool, by folder. */
export function standardDocuments(folder: string): readonly StandardDocument[] {
  return readdirSync(root + folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({ file: `${folder}/${name}`, text: readFileSync(`${root}${folder}/${name}`, "utf8") }));
}
