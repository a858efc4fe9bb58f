import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Contract } from "@meshwork/contract";
import type { Format } from "../define-format.ts";
import { emit } from "../define-format.ts";

const folder = join(import.meta.dirname, "golden");

/**
 * What a format writes is what lies in `testdata/golden/<format>/<of>/`, and what it loses is in `losses.txt` there.
 * `MESH_GOLDEN=write` writes it anew.
 */
export function expectGolden(format: Format, contract: Contract, of: string): void {
  const losses = Object.entries(lossTable(format, contract)).map(([feature, columns]) => `${feature}: ${columns.join(", ")}\n`);
  for (const file of [...emit(format, contract).files, { path: "losses.txt", text: losses.join("") }]) {
    const path = join(folder, format.name, of, file.path);
    if (process.env["MESH_GOLDEN"] === "write") {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, file.text);
    }
    expect(file.text, path).toBe(readFileSync(path, "utf8"));
  }
}

/** The losses of a contract as `feature: columns`, in the order in which they are reported. */
export function lossTable(format: Format, contract: Contract): Record<string, string[]> {
  const table: Record<string, string[]> = {};
  for (const loss of emit(format, contract).losses)
    (table[loss.feature] ??= []).push(loss.column ?? (loss.port === undefined ? "(product)" : "(port)"));
  return table;
}
