import { palette } from "@meshwork/diagnostics";
import type { ProductState } from "@meshwork/workspace";
import type { Command } from "../command.ts";
import { text } from "../command.ts";
import { table } from "../table.ts";
import { ago, counted, plural, shortTime } from "../wording.ts";
import { workspaceRoot } from "../workspace-of.ts";

export const statusCommand: Command = {
  name: "status",
  arguments: "[domain]",
  summary: "The mesh at a glance: with a domain, its products; who still reads an older version, and until when.",
  examples: ["mesh status", "mesh status behaviour"],
  options: [{ flags: "-t, --target <name>", description: "environment of mesh.yaml" }],
  async run(products, options, context) {
    const { status } = await import("@meshwork/workspace/operations");
    const done = await status({
      root: await workspaceRoot(context),
      products: products.length === 0 ? undefined : products,
      target: text(options["target"]),
      env: context.env,
      now: context.now,
    });
    const parts = counted(done);
    const c = palette(context.color);
    const count = <T>(rows: readonly T[], is: (row: T) => boolean) => rows.filter(is).length;
    const buildWord = {
      current: c.ok("current"),
      stale: c.warn("stale"),
      none: c.dim("not built"),
      unknown: c.warn("unknown"),
    };
    const age = (at: string | null) => (at === null ? "" : ago(new Date(at), context.now));
    const checks = (r: (typeof done.results)[number]) =>
      r.checks === null ? "not run" : `${r.checks.passed} of ${r.checks.total}`;
    const overview =
      products.length > 0
        ? table(
            done.results.map((r) => [
              r.product,
              r.version ?? "",
              r.contract === "ok" ? c.ok("ok") : c.bad("errors"),
              buildWord[r.build],
              age(r.builtAt),
              r.rows === null ? "" : r.rows.toLocaleString("en-US"),
              checks(r),
              r.freshness === null
                ? r.builtAt === null
                  ? "not known"
                  : "not promised"
                : r.freshness.ok
                  ? c.ok("ok")
                  : c.bad("late"),
              r.readers,
              r.outside.readers === 0
                ? r.outside.unknown
                  ? c.dim("not known")
                  : "0"
                : `${r.outside.readers}${r.outside.ofFormerVersions > 0 ? c.warn(` (${r.outside.ofFormerVersions} of a former version)`) : ""}`,
            ]),
            ["product", "version", "contract", "build", "built", "rows", "checks", "freshness", "readers", "outside"],
          )
        : table(
            [...new Set(done.results.map((r) => r.domain))].map((domain) => {
              const rows = done.results.filter((r) => r.domain === domain);
              const errors = count(rows, (r) => r.contract !== "ok");
              const stale = rows.filter((r) => r.build === "stale").map((r) => r.product.slice(domain.length + 1));
              const none = count(rows, (r) => r.build === "none");
              const newest =
                rows
                  .map((r) => r.builtAt)
                  .filter((b) => b !== null)
                  .sort()
                  .at(-1) ?? null;
              const late = rows.filter((r) => r.freshness?.ok === false).map((r) => r.product.slice(domain.length + 1));
              const failing = count(rows, (r) => r.checks !== null && r.checks.passed < r.checks.total);
              return [
                domain,
                new Set(rows.map((r) => r.product.replace(/@.*$/, ""))).size,
                errors === 0 ? c.ok("ok") : c.bad(plural(errors, "error")),
                rows.every((r) => r.build === "unknown")
                  ? c.warn("unknown")
                  : none === rows.length
                    ? c.dim("not built")
                    : stale.length > 0
                      ? c.warn(`stale: ${stale.join(", ")}`)
                      : none > 0
                        ? c.warn(`${none} not built`)
                        : c.ok(`current, ${age(newest)}`),
                rows.every((r) => r.checks === null)
                  ? "not run"
                  : failing === 0
                    ? c.ok("ok")
                    : c.bad(`${failing} failing`),
                late.length > 0
                  ? c.bad(`late: ${late.join(", ")}`)
                  : rows.some((r) => r.freshness?.ok)
                    ? c.ok("ok")
                    : rows.every((r) => r.build === "none" || r.build === "unknown")
                      ? "not known"
                      : "not promised",
              ];
            }),
            ["domain", "products", "contracts", "last build", "checks", "freshness"],
          );
    const { current = 0, products: total = 0, versions = total } = done.summary;
    const of = plural(total, "product") + (versions > total ? ` (${versions} live versions)` : "");
    return {
      ...parts,
      lines: [...overview, ...intervalLines(done.results, c), ...liveVersionLines(done.results, context.now, c)],
      closing: `${current} of ${of} current`,
    };
  },
};

/** Models that are built by intervals, each with what is filled and what is missing. */
function intervalLines(rows: readonly ProductState[], c: ReturnType<typeof palette>): string[] {
  const told = (windows: ProductState["intervals"][number]["filled"]) => {
    const shown = windows.slice(0, 3).map((w) => `${shortTime(w.start)} to ${shortTime(w.end)}`);
    return [...shown, ...(windows.length > 3 ? [`${windows.length - 3} more`] : [])].join(", ");
  };
  const cells = rows.flatMap((r) =>
    r.intervals.map((i) => [
      r.product,
      i.model,
      told(i.filled),
      i.missing.length === 0 ? c.dim("none") : c.warn(told(i.missing)),
    ]),
  );
  return cells.length === 0 ? [] : ["", ...table(cells, ["intervals of", "model", "filled", "missing"])];
}

/** Products with several live versions, each with its end and with who reads it. */
function liveVersionLines(rows: readonly ProductState[], now: Date, c: ReturnType<typeof palette>): string[] {
  const live = rows.flatMap((r) => (r.live ? [{ ...r, live: r.live }] : []));
  if (live.length === 0) return [];
  const today = now.toISOString().slice(0, 10);
  const cells = live.flatMap(({ product, version, live: { newest, sunset, readers } }) => {
    const end =
      sunset === null
        ? newest
          ? "newest"
          : c.warn("no end announced")
        : sunset <= today
          ? c.bad(`ended ${sunset}`)
          : c.warn(`until ${sunset}`);
    const who = readers.map(({ name, owner, columns, outside }) => {
      const by = owner === null ? "" : ` (${owner})`;
      const what = columns.length > 0 ? `: ${columns.join(", ")}` : "";
      return `${name}${outside ? ", outside the mesh" : ""}${by}${what}`;
    });
    const [first = c.dim("nobody"), ...more] = who;
    return [[product, version ?? "", end, first], ...more.map((each) => ["", "", "", each])];
  });
  return ["", ...table(cells, ["live version", "at", "lives", "read by"])];
}
