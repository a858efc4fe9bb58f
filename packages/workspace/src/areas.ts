import { compatArea } from "@meshwork/compatibility";
import { contractArea, meshArea, optInCodes } from "@meshwork/contract";
import type { Area, CodePage } from "@meshwork/diagnostics";
import { pageOf } from "@meshwork/diagnostics";
import { dbtArea } from "@meshwork/engine-dbt";
import { importArea } from "@meshwork/formats";
import { policyArea } from "@meshwork/governance";
import { sqlCodes } from "@meshwork/models";
import { publishArea } from "@meshwork/publishers";
import { checkArea } from "@meshwork/quality";
import { scaffoldCodes } from "@meshwork/scaffold";
import { ignoreArea, meshWideArea, productSqlArea } from "./rules/area.ts";
import type { Category } from "./rule-categories.ts";
import { categories, categoryOf } from "./rule-categories.ts";

/** Every area's codes. Two entries may share a name: a code belongs to where it is found, not to a package. */
const areas = [
  contractArea,
  meshArea,
  ignoreArea,
  meshWideArea,
  sqlCodes,
  dbtArea,
  productSqlArea,
  checkArea,
  policyArea,
  compatArea,
  publishArea,
  scaffoldCodes,
  importArea,
] as unknown as readonly Area[];

export interface KnownCode {
  readonly code: string;
  readonly severity: string;
  readonly category: Category;
  /** One sentence. */
  readonly what: string;
  /** The whole page, Markdown. */
  readonly page: string;
}

/** Every code there is, without reading its page. */
export const codeNames = (): ReadonlySet<string> =>
  new Set(areas.flatMap((area) => Object.keys(area.definitions).map((short) => `${area.name}/${short}`)));

/** All codes with one sentence each, by category and name. */
export const allCodes = (): KnownCode[] =>
  areas
    .flatMap((area) => Object.keys(area.definitions).map((short) => explain(`${area.name}/${short}`)!))
    .map((page) => ({
      code: page.code,
      severity: optInCodes.has(page.code) ? "off" : page.severity,
      category: categoryOf(page.code),
      what: page.what,
      page: page.text,
    }))
    .sort((a, b) => categories.indexOf(a.category) - categories.indexOf(b.category) || (a.code < b.code ? -1 : 1));

/** The page of a code. */
export function explain(code: string): CodePage | undefined {
  for (const area of areas) {
    const page = pageOf(area, code);
    if (page) return page;
  }
  return undefined;
}
