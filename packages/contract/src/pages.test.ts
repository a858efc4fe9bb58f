import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "@meshwork/diagnostics";
import { describe, expect, it } from "vitest";
import {
  contractArea,
  lintContract,
  lintDomain,
  lintMesh,
  meshArea,
  readContract,
  readDomain,
  readMesh,
} from "./index.ts";

const today = "2026-11-21";
const codes = new Set(
  [contractArea, meshArea].flatMap((area) => Object.keys(area.definitions).map((c) => `${area.name}/${c}`)),
);

function found(text: string): readonly Diagnostic[] {
  const source = { file: "page.yaml", text };
  if (/^kind: Mesh$/m.test(text)) return lintMesh(readMesh(source), { today, codes });
  // The page about a wrong kind shows a domain in the place of a contract.
  const domain = /^kind: Domain$/m.test(text) && text.includes("spec:");
  return domain ? lintDomain(readDomain(source)) : lintContract(readContract(source), { today });
}

const example = (page: string, title: string): string | undefined =>
  new RegExp(`^## ${title}\\n\`\`\`yaml\\n([\\s\\S]*?)\\n\`\`\`$`, "m").exec(page)?.[1];

describe.each([contractArea, meshArea])("the pages of $name", (area) => {
  const folder = fileURLToPath(area.pages.directory);
  const names = Object.keys(area.definitions);

  it("are one for each code, and no others", () => {
    const pages = readdirSync(folder).filter((file) => file.endsWith(area.pages.suffix));
    expect(pages.sort()).toEqual(names.map((name) => name + area.pages.suffix).sort());
  });

  it.each(names)("%s: Wrong yields the code, Right does not", (name) => {
    const code = `${area.name}/${name}`;
    const page = readFileSync(new URL(name + area.pages.suffix, area.pages.directory), "utf8");
    expect(page.startsWith(`# ${code}\n`)).toBe(true);
    expect(page).toMatch(/^# .+\n[^\n]+\.\n\n## Why\n[^\n]+\n/);
    const [wrong, right] = [example(page, "Wrong")!, example(page, "Right")!];
    const hits = found(wrong).filter((d) => d.code === code);
    expect(hits).not.toEqual([]);
    expect(hits[0]!.span).toBeDefined();
    expect(found(right).map((d) => d.code)).not.toContain(code);
    expect(
      found(right).filter((d) => ["contract/not-yaml", "contract/unknown-key", "contract/wrong-type"].includes(d.code)),
    ).toEqual([]);
  });
});
