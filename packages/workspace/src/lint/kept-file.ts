import { hash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";

/** Length of the checksum that begins a file, in bytes. */
const HEAD = 20;

/** What was kept, or nothing: a file that is cut short or damaged counts as none. */
export function readKept(path: string): Buffer | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  const body = bytes.subarray(HEAD);
  return bytes.length > HEAD && hash("sha1", body, "buffer").equals(bytes.subarray(0, HEAD)) ? body : undefined;
}

/** Keeps a body: whole or not at all, whoever else writes at the same time. A cache that cannot be written is no trouble. */
export function writeKept(path: string, body: Buffer): void {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, Buffer.concat([hash("sha1", body, "buffer"), body]));
    renameSync(temporary, path);
  } catch {
    rmSync(temporary, { force: true });
  }
}
