import type { Reporter } from "../report.ts";
import { github } from "./github.reporter.ts";
import { ignore } from "./ignore.reporter.ts";
import { json } from "./json.reporter.ts";
import { junit } from "./junit.reporter.ts";
import { line } from "./line.reporter.ts";
import { pretty } from "./pretty.reporter.ts";
import { sarif } from "./sarif.reporter.ts";

export const reporters = { pretty, line, json, sarif, junit, github, ignore } as const satisfies Record<
  string,
  Reporter
>;
export type ReportFormat = keyof typeof reporters;
