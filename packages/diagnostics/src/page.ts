import { readFileSync } from "node:fs";
import type { Area } from "./define-area.ts";

/** The page of a code: what, why, and an example of each kind, as `mesh explain` shows them. */
export interface CodePage {
  readonly code: string;
  readonly severity: string;
  readonly what: string;
  /** Sections by heading, in lower case: `why`, `wrong`, `right`, `grade`. */
  readonly sections: ReadonlyMap<string, string>;
  readonly text: string;
}

/** Reads `<code><suffix>` of an area; `undefined` for a code the area does not declare. */
export function pageOf(
  area: Pick<Area, "name" | "pages"> & {
    readonly definitions: Readonly<Record<string, { readonly severity: string }>>;
  },
  code: string,
): CodePage | undefined {
  const short = code.startsWith(`${area.name}/`) ? code.slice(area.name.length + 1) : undefined;
  if (short === undefined || !Object.hasOwn(area.definitions, short)) return undefined;
  const text = readFileSync(new URL(`${short}${area.pages.suffix}`, area.pages.directory), "utf8");
  const [head = "", ...rest] = text.split(/^## /m);
  const sections = new Map(
    rest.map((s) => {
      const end = s.indexOf("\n");
      return [s.slice(0, end).trim().toLowerCase(), s.slice(end + 1).trim()] as const;
    }),
  );
  const what = head
    .replace(/^# .*\n/, "")
    .trim()
    .replaceAll(/\s*\n\s*/g, " ");
  return { code, severity: area.definitions[short]!.severity, what, sections, text };
}

/** The fenced examples of a section: language and body. */
export function examplesOf(page: CodePage, section: string): { language: string; body: string }[] {
  const text = page.sections.get(section) ?? "";
  return [...text.matchAll(/^```(\S*)[^\n]*\n([\s\S]*?)^```/gm)].map((m) => ({ language: m[1]!, body: m[2]! }));
}
