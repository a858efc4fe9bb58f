import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ResourceType } from "@meshwork/models";
import { openPlaces } from "../dbt/open-places.ts";
import type { OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import type { Again, RanNode, RunVerbOptions } from "./dbt-verbs.ts";
import { runIn } from "./dbt-verbs.ts";

const typesOf: Readonly<Record<string, readonly ResourceType[]>> = {
  run: ["model"],
  seed: ["seed"],
  snapshot: ["snapshot"],
  test: ["test"],
  build: ["seed", "model", "snapshot", "test"],
};

interface Before {
  readonly args?: Readonly<Record<string, unknown>>;
  readonly results?: readonly {
    readonly unique_id: string;
    readonly status: string;
    readonly batch_results?: { readonly failed?: readonly (readonly [string, string])[] } | null;
  }[];
}

const unfinished = new Set(["error", "fail", "skipped", "partial success", "runtime error"]);

/** dbt's `retry`: the verb of the last run again, for what failed in it or was skipped, with its flags. */
export const retry = (options: RunVerbOptions): Promise<OperationResult<readonly RanNode[]>> =>
  answering([], async () => {
    const [place, ...others] = (await openPlaces(options)).places;
    if (place === undefined || others.length > 0)
      throw new Refusal("retry goes on with one project's run.\nName the project with --project-dir.");
    const folder =
      options.state === undefined ? place.targetFolder : resolve(options.cwd ?? process.cwd(), options.state);
    const before = readBefore(join(folder, "run_results.json"));
    const which = typeof before.args?.["which"] === "string" ? before.args["which"] : "";
    const types = typesOf[which];
    if (types === undefined)
      throw new Refusal(
        `The last command was ${which || "none that runs nodes"}, and there is nothing in it to try again.\nRun build, run, test, seed or snapshot.`,
      );
    const left = (before.results ?? []).filter((r) => unfinished.has(r.status));
    const batches = new Map(
      left.flatMap((r) => {
        const failed = r.batch_results?.failed ?? [];
        return r.status === "partial success" && failed.length > 0
          ? [[r.unique_id, failed.map(([start, end]) => ({ start, end }))] as const]
          : [];
      }),
    );
    const again: Again = { ids: new Set(left.map((r) => r.unique_id)), batches };
    return runIn({ ...flagsOf(before), ...given(options) }, { command: which, types, again: () => again });
  });

function readBefore(file: string): Before {
  if (!existsSync(file))
    throw new Refusal(`There is no run to go on with: ${file} is missing.\nRun build, run or test first.`);
  try {
    return (JSON.parse(readFileSync(file, "utf8")) ?? {}) as Before;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refusal(`${file} is no run_results.json of dbt.\nRun build, run or test first.`);
  }
}

/** The flags that the run before was given. */
function flagsOf({ args = {} }: Before): RunVerbOptions {
  const truth = (key: string): boolean | undefined => (args[key] === true ? true : undefined);
  const word = (key: string): string | undefined => (typeof args[key] === "string" ? args[key] : undefined);
  const vars = args["vars"];
  return {
    vars: typeof vars === "object" && vars !== null ? (vars as Record<string, unknown>) : undefined,
    target: word("target"),
    profile: word("profile"),
    fullRefresh: truth("full_refresh"),
    failFast: truth("fail_fast"),
    empty: truth("empty"),
    storeFailures: truth("store_failures"),
    defer: truth("defer"),
    favorState: truth("favor_state"),
    deferState: word("state"),
    eventTimeStart: word("event_time_start"),
    eventTimeEnd: word("event_time_end"),
  };
}

/** What is said now wins over what was said then; the selection is what was left. */
function given(options: RunVerbOptions): RunVerbOptions {
  const entries = Object.entries({ ...options, select: undefined, exclude: undefined, state: undefined }).filter(
    ([, v]) => v !== undefined && v !== false && !(typeof v === "object" && v !== null && Object.keys(v).length === 0),
  );
  return Object.fromEntries(entries) as RunVerbOptions;
}
