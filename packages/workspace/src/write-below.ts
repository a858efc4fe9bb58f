import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";

/** A path below a folder; one that would leave it is a bug of ours, because names are checked long before. */
export function fileBelow(folder: string, path: string): string {
  const file = resolve(join(folder, path));
  if (!file.startsWith(resolve(folder) + sep)) throw new Error(`refused to write outside ${folder}: ${path}`);
  return file;
}

/** Writes a file below a folder. */
export function writeBelow(folder: string, path: string, text: string | Uint8Array): void {
  const file = fileBelow(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
