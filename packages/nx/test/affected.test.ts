import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ScratchWorkspace } from "./scratch-workspace.ts";

/**
 * Which tasks an edit selects, asked of the real `nx affected` in a real repository:
 * sales.orders ─▶ finance.daily-orders ─▶ finance.report, sales.returns by itself, and a TypeScript package that imports
 * the types of sales.orders.
 */
let mesh: ScratchWorkspace;

beforeAll(() => {
  mesh = new ScratchWorkspace();
  const generate = (...args: readonly string[]) => {
    const run = mesh.nx("g", ...args, "--no-interactive");
    if (run.status !== 0) throw new Error(run.stdout + run.stderr);
  };
  generate("@meshwork/nx:domain", "sales");
  generate("domain", "finance");
  generate("data-product", "sales/orders");
  generate("data-product", "sales/returns");
  generate("data-product", "finance/daily-orders", "--inputs=sales.orders");
  generate("data-product", "finance/report", "--preset=consumer-aligned", "--inputs=finance.daily-orders");
  mesh.write({
    "packages/app/package.json":
      '{ "name": "app", "version": "0.0.0", "scripts": { "compile": "echo" }, "dependencies": { "@acme/sales": "*" } }',
    "packages/app/src/main.ts":
      'import { type Orders, ordersSchema } from "@acme/sales/orders";\nexport const read = (row: unknown): Orders => ordersSchema.parse(row);\n',
    "packages/other/package.json": '{ "name": "other", "version": "0.0.0", "scripts": { "compile": "echo" } }',
    "packages/other/src/main.ts":
      '// import { ordersSchema } from "@acme/sales/orders";\nexport const nothing = "@acme/sales/orders";\n',
  });
  mesh.commit();
}, 120_000);
afterEach(() => mesh.reset());
afterAll(() => mesh.dispose());

const orders = "domains/sales/orders";
const contract = `${orders}/data-product-contract.yaml`;
const sync = () => expect(mesh.nx("sync").status).toBe(0);

/** Selected tasks by project: `lint build`, in the order of the pipeline. */
function affected(): Record<string, string> {
  const verbs = "lint,typecheck,build,test,check,compat,publish,render,compile";
  const run = mesh.nx("affected", "-t", verbs, "--base=HEAD", "--explain=stdout");
  const answer = JSON.parse(run.stdout.slice(run.stdout.indexOf("{"))) as { affected: Record<string, unknown> };
  const by = new Map<string, string[]>();
  for (const id of Object.keys(answer.affected)) {
    const cut = id.lastIndexOf(":");
    by.set(id.slice(0, cut), [...(by.get(id.slice(0, cut)) ?? []), id.slice(cut + 1)]);
  }
  const order = verbs.split(",");
  return Object.fromEntries(
    [...by].map(([project, names]) => [project, order.filter((v) => names.includes(v)).join(" ")]),
  );
}

const everything = "lint typecheck build test check compat publish render";
const withoutCompat = "lint typecheck build test check publish";
const consumer = "lint typecheck build test check publish";
const data = "build test check publish";

const table: readonly (readonly [string, () => void, Record<string, string>])[] = [
  [
    "a description: nothing downstream, nothing is built",
    () => {
      mesh.replace(contract, "title: Orders", "title: All orders");
      sync();
    },
    { "sales.orders": "lint publish render" },
  ],
  [
    "a column's type: direct consumers and those who import the types",
    () => {
      mesh.replace(
        contract,
        "name: amount, type: decimal, precision: 12",
        "name: amount, type: decimal, precision: 14",
      );
      sync();
    },
    { "sales.orders": everything, "finance.daily-orders": consumer, app: "compile" },
  ],
  [
    "a service level: who has to keep it, and the lint of who relies on it",
    () => {
      mesh.replace(contract, "99.5%", "99.0%");
      sync();
    },
    { "sales.orders": everything, "finance.daily-orders": "lint" },
  ],
  [
    "SQL: the data of everyone downstream",
    () => mesh.append(`${orders}/models/orders.sql`, "-- other\n"),
    { "sales.orders": withoutCompat, "finance.daily-orders": data, "finance.report": data },
  ],
  [
    "a seed: the same",
    () => mesh.append(`${orders}/seeds/raw_orders.csv`, "O-9,open,1.00,2026-01-09 00:00:00\n"),
    { "sales.orders": withoutCompat, "finance.daily-orders": data, "finance.report": data },
  ],
  [
    "a test: only those who run it",
    () => mesh.append(`${orders}/tests/orders_shows_newest_state.sql`, "-- x\n"),
    { "sales.orders": withoutCompat },
  ],
  [
    "a policy of the organisation: everybody",
    () => mesh.replace("mesh.yaml", "required", "recommended"),
    {
      "sales.orders": everything,
      "sales.returns": everything,
      "finance.daily-orders": everything,
      "finance.report": everything,
    },
  ],
  [
    // The file that the plugin globs selects all of its domain; who imports types depends on those projects as a whole.
    "a policy of a domain: its products and not their consumers",
    () => mesh.append("domains/sales/domain.yaml", "  policies: [{ name: pii-masking }]\n"),
    {
      "sales.orders": "lint build test check compat publish render",
      "sales.returns": "lint build test check compat publish render",
      app: "compile",
    },
  ],
  [
    "a product that is gone: who read it",
    () => mesh.remove(orders),
    { "finance.daily-orders": consumer, "finance.report": data },
  ],
  ["a product's README: nobody", () => mesh.append(`${orders}/README.md`, "x\n"), {}],
  ["the root's README and a template: nobody", () => mesh.write({ "README.md": "x", "templates/a.njk": "x" }), {}],
  [
    "a new product: itself",
    () => expect(mesh.nx("g", "data-product", "sales/baskets", "--no-interactive").status).toBe(0),
    { "sales.baskets": everything },
  ],
  [
    "a new domain and its npm package in the lock file: nobody",
    () => {
      expect(mesh.nx("g", "domain", "shipping", "--no-interactive").status).toBe(0);
      mesh.replace(
        "package-lock.json",
        '"packages": {',
        '"packages": { "domains/shipping": { "name": "@acme/shipping", "version": "0.0.0" },',
      );
    },
    {},
  ],
  [
    "a setting of the domain's dbt project: its products and the data downstream of none",
    () => {
      mesh.append("domains/finance/dbt_project.yml", "vars: { gap: 30 }\n");
      sync();
    },
    { "finance.daily-orders": withoutCompat, "finance.report": withoutCompat },
  ],
];

describe("nx affected", () => {
  it.each(table)("%s", (_, edit, expected) => {
    edit();
    expect(affected()).toEqual(expected);
  });

  it("a reader of an older version hears nothing of the newest, and the other way round", () => {
    const run = mesh.nx("g", "contract-version", "sales/orders", "--sunset=2099-12-31", "--no-interactive");
    expect(run.status, run.stdout + run.stderr).toBe(0);
    mesh.commit();
    mesh.replace(contract, "name: amount,", "name: worth,");
    mesh.replace(`${orders}/models/orders.sql`, "    amount,", "    amount as worth,");
    sync();
    // A package may import any version of a product: all of them are its inputs.
    expect(Object.keys(affected()).sort()).toEqual(["app", "sales.orders"]);
    mesh.commit();
    mesh.append(`${orders}/versions/v1/models/orders_v1.sql`, "-- of version 1\n");
    expect(affected()).toEqual({
      "sales.orders": withoutCompat,
      "finance.daily-orders": data,
      "finance.report": data,
    });
  });

  it("a broken contract stops no command, and only its own lint is selected", () => {
    mesh.write({ [contract]: "metadata: [\n" });
    expect(affected()["sales.orders"]).toBe("lint publish render");
    expect(mesh.nx("show", "projects").status).toBe(0);
    expect(mesh.nx("g", "data-product", "sales/baskets", "--no-interactive", "--dry-run").status).toBe(0);
  });
});
