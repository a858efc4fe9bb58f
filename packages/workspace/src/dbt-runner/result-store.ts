import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { DomainDbt, Target } from "@meshwork/contract";
import type { ResultLedger, RunResults } from "@meshwork/engine-dbt";
import { readLedger, readRunResults, withResults } from "@meshwork/engine-dbt";
import { writeBelow } from "../write-below.ts";
import { artifactFolder } from "./artifact-projects.ts";

const ledgerFile = (dbt: DomainDbt, target: Target): string =>
  `.mesh/dbt/${target.name}/${encodeURIComponent(dbt.project === "" ? "." : dbt.project)}.json`;

function textOf(root: string, path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}

/** What the last invocation of dbt left in the project, whoever started it. */
export function lastRun(root: string, dbt: DomainDbt, target: Target): RunResults | undefined {
  const text = textOf(root, `${artifactFolder(dbt, target)}/run_results.json`);
  const read = text === undefined ? undefined : readRunResults(text);
  return read !== undefined && "value" in read ? read.value : undefined;
}

/** The newest result of every node that is known: what was noted, and what dbt wrote since. */
export function knownResults(root: string, dbt: DomainDbt, target: Target): ResultLedger {
  const ledger = readLedger(textOf(root, ledgerFile(dbt, target)));
  const last = lastRun(root, dbt, target);
  return last === undefined ? ledger : withResults(ledger, last);
}

/** Notes the newest results, before the next invocation writes over them. */
export function noteResults(root: string, dbt: DomainDbt, target: Target, ledger: ResultLedger): void {
  const file = ledgerFile(dbt, target);
  writeBelow(root, `${file}.new`, `${JSON.stringify(ledger, null, 1)}\n`);
  renameSync(join(root, `${file}.new`), join(root, file));
}
