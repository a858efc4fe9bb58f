import type { Diagnostic } from "@meshwork/diagnostics";
import type { Answers, ObservedFiles } from "../workspace-files.ts";
import { hashOf } from "../workspace-files.ts";
import { codeVersion } from "./code-version.ts";
import { readKept, writeKept } from "./kept-file.ts";

/** What linting a whole mesh found. */
export interface WholeResult {
  readonly diagnostics: readonly Diagnostic[];
  readonly products: number;
}

/** What a result rests on besides files and environment. */
export interface WholeBasis {
  readonly root: string;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  readonly target: string | undefined;
  readonly vars: Readonly<Record<string, unknown>> | undefined;
}

export const cacheFolder = (root: string): string => `${root}/.mesh/cache/lint`;

const fileOf = ({ root }: WholeBasis): string => `${cacheFolder(root)}/whole.json`;
const keyOf = ({ today, target, vars }: WholeBasis): string => JSON.stringify([codeVersion(), today, target, vars]);

/** The result of an earlier run, where every file, folder and variable that it asked for is as it was. */
export function recallWhole(basis: WholeBasis, files: ObservedFiles): WholeResult | undefined {
  const body = readKept(fileOf(basis));
  if (!body) return undefined;
  const [key, answers, result] = JSON.parse(body.toString("utf8")) as [string, [string, string][], WholeResult];
  return key === hashOf(keyOf(basis)) && files.agrees(answers) ? result : undefined;
}

export function keepWhole(basis: WholeBasis, answers: Answers, result: WholeResult): void {
  writeKept(fileOf(basis), Buffer.from(JSON.stringify([hashOf(keyOf(basis)), [...answers], result])));
}
