import { statSync } from "node:fs";
import { resolve } from "node:path";
import { palette } from "@meshwork/diagnostics";
import type { Command } from "../command.ts";
import { list, text, UsageError } from "../command.ts";
import { productOptions, withAffected } from "../product-options.ts";
import { table } from "../table.ts";
import { counted, nextOf, plural } from "../wording.ts";
import { varsOf, workspaceRoot } from "../workspace-of.ts";
import { rowsOf } from "../dbt-verb.ts";

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

export const checkCommand: Command = {
  name: "check",
  arguments: "[products...]",
  summary: "The contract's checks on the data of ports, or on any files.",
  examples: [
    "mesh check",
    "mesh check commerce.orders --rows 20",
    "mesh check --contract domains/commerce/orders/data-product-contract.yaml --data '.mesh/lake/dev/commerce/orders_v1/current/*.parquet'",
  ],
  options: [
    ...productOptions,
    { flags: "--contract <file>", description: "check files against this contract, in a mesh or not" },
    { flags: "--data <path>", description: "Parquet, CSV or JSON files; patterns are allowed", many: true },
    { flags: "--port <name>", description: "the port of --contract; its default port where absent" },
    {
      flags: "--media <folder>",
      description: "also compare the bytes of referenced objects, which lie in this folder, with their checksums",
    },
    { flags: "--rows <n>", description: "failing rows to show for each check (5)" },
  ],
  async run(products, options, context) {
    const { check, checkFiles, findRoot } = await import("@meshwork/workspace/operations");
    const contract = text(options["contract"]);
    const data = list(options["data"]);
    if ((contract === undefined) !== (data.length === 0)) {
      throw new UsageError(
        contract === undefined
          ? "--data needs --contract FILE to hold the data against.\nExample: mesh check --contract contract.yaml --data 'exports/*.parquet'"
          : "--contract needs --data PATH: the files to look at.\nExample: mesh check --contract contract.yaml --data 'exports/*.parquet'",
      );
    }
    const shared = { now: context.now, signal: context.signal, rows: rowsOf(text(options["rows"])), env: context.env };
    const media = text(options["media"]);
    if (media !== undefined && !isFolder(resolve(context.cwd, media)))
      throw new UsageError(
        `--media ${media} is no folder.\nName the folder that holds the objects: it stands for the base of the contract's media columns.`,
      );
    let done;
    if (contract !== undefined)
      done = await checkFiles({
        ...shared,
        cwd: context.cwd,
        root: findRoot(context.cwd) ?? context.cwd,
        contract,
        data,
        port: text(options["port"]),
        media,
      });
    else {
      const root = await workspaceRoot(context);
      const chosen = await withAffected(root, products, options, "check");
      done = await check({
        ...shared,
        root,
        products: chosen,
        target: text(options["target"]),
        vars: await varsOf(text(options["vars"])),
        onProgress: context.progress,
        media: media === undefined ? undefined : resolve(context.cwd, media),
      });
    }
    const c = palette(context.color);
    const word = {
      passed: c.ok("passed"),
      failed: c.bad("failed"),
      warning: c.warn("warning"),
      error: c.bad("error"),
      skipped: c.dim("skipped"),
    };
    const shown = done.results.filter((r) => r.status !== "passed" || done.results.length <= 40);
    const lines = table(
      shown.map((r) => [
        word[r.status],
        `${r.product}${r.product === "" ? "" : " "}${r.port}`,
        r.check,
        r.status === "skipped"
          ? (r.reason ?? "")
          : `${display(r.actual)}${r.expected === undefined || r.expected === null ? "" : `  (${display(r.expected)})`}`,
      ]),
    );
    const count = (s: string) => done.results.filter((r) => r.status === s).length;
    const parts = (["passed", "failed", "warning", "error", "skipped"] as const)
      .filter((s) => count(s) > 0)
      .map((s) => `${count(s)} ${s}`);
    return {
      ...counted(done),
      lines,
      cases: done.results.map((r) => ({
        suite: r.product || r.port,
        name: `${r.port}.${r.check}`,
        status: r.status,
        ms: r.ms,
        message: r.reason ?? `${display(r.actual)}, expected ${display(r.expected)}`,
      })),
      closing: `${plural(done.results.length, "check")}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`,
      next: done.exitCode === 0 ? undefined : nextOf(done.diagnostics),
    };
  },
};

const display = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
