import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { fileBelow } from "../write-below.ts";

/** Text that is gathered before it is written, in characters. */
const chunk = 1 << 19;

/** An entry of a section as it is written. */
export interface WrittenEntry {
  readonly section: string;
  readonly key: string;
  /** With the key, from the beginning of its line. */
  readonly text: string;
  /** Where that stands in the file, in bytes. */
  readonly span: { readonly start: number; readonly end: number };
}

/**
 * Writes a JSON artifact as `JSON.stringify` with one space does, entry by entry of its sections, so that of a large one
 * neither the text nor all entries are held. The hash of the file is that of `hashOf`.
 */
export function writeArtifact(
  folder: string,
  path: string,
  artifact: Readonly<Record<string, unknown>>,
  onEntry?: (entry: WrittenEntry) => void,
): string {
  const file = fileBelow(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, "w");
  const hash = createHash("sha1");
  let waiting = "";
  let offset = 0;
  const flush = (): void => {
    const bytes = Buffer.from(waiting);
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    hash.update(bytes);
    waiting = "";
  };
  const put = (text: string): void => {
    waiting += text;
    offset += Buffer.byteLength(text);
    if (waiting.length > chunk) flush();
  };
  try {
    put("{");
    members(artifact, 1, (section, value, head) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return put(`${head}${json(value, 1)}`);
      put(`${head}{`);
      const some = members(value as Readonly<Record<string, unknown>>, 2, (key, inner, start) => {
        const at = offset + start.indexOf("\n") + 1;
        const text = `${start}${json(inner, 2)}`;
        put(text);
        onEntry?.({ section, key, text: text.slice(text.indexOf("\n") + 1), span: { start: at, end: offset } });
      });
      put(some ? "\n }" : "}");
    });
    put("\n}\n");
    flush();
  } finally {
    closeSync(descriptor);
  }
  return hash.digest("base64").slice(0, 27);
}

/** The members that JSON has of an object; whether there are any. */
function members(
  object: Readonly<Record<string, unknown>>,
  depth: number,
  write: (key: string, value: unknown, head: string) => void,
): boolean {
  let first = true;
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    write(key, value, `${first ? "" : ","}\n${" ".repeat(depth)}${JSON.stringify(key)}: `);
    first = false;
  }
  return !first;
}

const json = (value: unknown, depth: number): string => {
  const text = JSON.stringify(value, null, 1);
  return text.includes("\n") ? text.replaceAll("\n", `\n${" ".repeat(depth)}`) : text;
};
