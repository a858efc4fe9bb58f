import type { Diagnostic } from "@meshwork/diagnostics";
import { diagnostic } from "@meshwork/diagnostics";
import { expect, it } from "vitest";
import type { Mesh } from "./index.ts";
import { applyRuleSettings, lintContract, readContract } from "./index.ts";

const today = "2026-11-21";
const found = (code: string, product = "orders.facts", severity: Diagnostic["severity"] = "warning") =>
  diagnostic({ code, severity, message: code, product });
const settings = (rules: Mesh["rules"], ...ignore: Omit<Mesh["ignore"][number], "at" | "reason">[]) => ({
  rules,
  ignore: ignore.map((entry) => ({ reason: "r", at: [], ...entry })),
});
const apply = (list: readonly Diagnostic[], mesh: Pick<Mesh, "rules" | "ignore">) =>
  applyRuleSettings(list, mesh, today).map((d) => `${d.severity} ${d.code} ${d.product!}`);

it.each<[string, Mesh["rules"], string[]]>([
  ["nothing", {}, ["warning contract/a orders.facts", "warning sql/b orders.facts"]],
  ["a code", { "contract/a": "error" }, ["error contract/a orders.facts", "warning sql/b orders.facts"]],
  ["a code off", { "contract/a": "off" }, ["warning sql/b orders.facts"]],
  ["an area", { "contract/*": "info" }, ["info contract/a orders.facts", "warning sql/b orders.facts"]],
  [
    "an area and one of its codes",
    { "contract/*": "off", "contract/a": "error" },
    ["error contract/a orders.facts", "warning sql/b orders.facts"],
  ],
])("rules grade %s", (_, rules, expected) => {
  expect(apply([found("contract/a"), found("sql/b")], settings(rules))).toEqual(expected);
});

it.each<[string, Omit<Mesh["ignore"][number], "at" | "reason">, string[]]>([
  ["everywhere", { rule: "contract/a" }, []],
  [
    "for a product",
    { rule: "contract/a", product: "orders.facts" },
    ["warning contract/a orders.refunds", "warning contract/a billing.facts"],
  ],
  ["for a domain", { rule: "contract/a", product: "orders" }, ["warning contract/a billing.facts"]],
  ["for a domain's products", { rule: "contract/a", product: "orders.*" }, ["warning contract/a billing.facts"]],
  ["for an area", { rule: "contract/*" }, []],
  ["until today", { rule: "contract/a", until: today }, []],
  [
    "until yesterday",
    { rule: "contract/a", until: "2026-11-20" },
    ["warning contract/a orders.facts", "warning contract/a orders.refunds", "warning contract/a billing.facts"],
  ],
])("ignore holds back %s", (_, entry, expected) => {
  const list = ["orders.facts", "orders.refunds", "billing.facts"].map((product) => found("contract/a", product));
  expect(apply(list, settings({}, entry))).toEqual(expected);
});

it("keeps place, fixes and help of what it grades, and does not work them out", () => {
  const text =
    "apiVersion: datamesh.io/v1\nkind: DataProduct\nmetadata: { name: facts, domain: orders, version: 1.0.0 }\nspec:\n  owner: me\n";
  const list = lintContract(readContract({ file: "f", text }), { today });
  const graded = applyRuleSettings(list, settings({ "contract/owner-email": "error" }), today);
  const [before, after] = [list, graded].map((each) => each.find((d) => d.code === "contract/owner-email")!);
  expect(Object.getOwnPropertyDescriptor(after, "span")?.get).toBeTypeOf("function");
  expect(after).toMatchObject({ ...before, severity: "error", span: { line: 5, column: 10 } });
});
