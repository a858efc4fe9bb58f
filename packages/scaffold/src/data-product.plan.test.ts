import { lintContract, readContract } from "@meshwork/contract";
import * as fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Answers, Plan, TemplateName } from "./index.ts";
import { plan, presetNames } from "./index.ts";
import type { MemoryWorkspace } from "./testdata/memory-workspace.ts";
import { memoryWorkspace } from "./testdata/memory-workspace.ts";

const mesh = 'apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: acme }\nspec: { npm_scope: "@acme" }\n';
let workspace: MemoryWorkspace;

beforeEach(() => {
  workspace = memoryWorkspace({ "mesh.yaml": mesh });
  for (const name of ["orders", "growth"]) run("domain", { name });
});

function run<T extends TemplateName>(template: T, answers: Answers[T]): Plan {
  return workspace.apply(plan(template, answers, workspace.view));
}

const read = (path: string): string => workspace.files.get(path) ?? `no file ${path}`;
const contractAt = (directory: string) => {
  const file = `${directory}/data-product-contract.yaml`;
  const [, domain, product] = directory.split("/");
  return readContract({ file, text: read(file) }, { domain, product });
};
const errorsOf = (made: Plan): string[] =>
  made.diagnostics.filter((d) => d.severity === "error").map((d) => `${d.code}: ${d.message}`);

/** A product of the organisation's own making, with everything that a column can say. */
const rich = `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: order-events, domain: orders, version: 2.1.0 }
spec:
  owner: team-orders@acme.example
  sensitivity: confidential
  sla: { freshness: 36h }
  schema:
    fields:
      - { name: order_id, type: varchar(36), description: "Key: of the order", constraints: { primary_key: true, null: false } }
      - { name: event_ts, type: timestamp, constraints: { timezone: UTC, null: false } }
      - { name: customer_id, type: string, constraints: { pii: true, masking: hash, classification: restricted, max_length: 36 } }
      - { name: amount, type: decimal, precision: 10, scale: 2, constraints: { min: 0 } }
      - { name: items, type: integer, constraints: { null: false } }
      - { name: weight, type: double }
      - { name: 'select "x"; {{ drop }}', type: string }
      - name: lines
        type: array
        items: { type: struct, fields: [{ name: sku, type: string, constraints: { null: false } }, { name: price, type: decimal, precision: 8, scale: 3 }] }
      - { name: attributes, type: map, values: { type: string } }
      - { name: note, type: embedding, embedding: { dimensions: 3, metric: cosine } }
      - { name: old_state, type: string, deprecated: { since: 2.1.0, replaced_by: items } }
  ports:
    - { name: daily_orders, schema: { fields: [{ name: day, type: date, constraints: { primary_key: true, null: false } }, { name: orders, type: long }] } }
  lineage: { upstream: [raw.kafka.order_events] }
`;
const addRich = () => workspace.files.set("domains/orders/order-events/data-product-contract.yaml", rich);

describe("a scaffolded product", () => {
  it.each(presetNames())("%s reads and lints clean, alone and with inputs", (preset) => {
    addRich();
    run("data-product", { name: "orders/alone", preset });
    run("data-product", {
      name: "growth/reader",
      preset,
      inputs: preset === "source-aligned" ? [] : ["orders.order-events", "orders.alone"],
    });
    for (const directory of ["domains/orders/alone", "domains/growth/reader"]) {
      const found = contractAt(directory);
      expect(found.diagnostics).toEqual([]);
      expect(lintContract(found, { today: "2026-11-21" }).map((d) => `${d.code}: ${d.message}`)).toEqual([]);
    }
  });

  it.each(presetNames())("%s has few files to read, each under a screen", (preset) => {
    const made = run("data-product", { name: "orders/small", preset });
    const generated = /contract\.(lock\.json|js|d\.ts)$|\/\.mesh\/|^domains\/orders\/(_mesh|dbt_project)/;
    const toRead = made.actions.filter((a) => a.content !== null && !generated.test(a.path));
    expect(toRead.length).toBeLessThan(10);
    for (const file of toRead) expect(file.content!.split("\n").length, file.path).toBeLessThan(50);
  });

  it("is the same for two people, whenever they make it", () => {
    const other = memoryWorkspace({ "mesh.yaml": mesh });
    for (const name of ["growth", "orders"]) other.apply(plan("domain", { name }, other.view));
    run("data-product", { name: "orders/facts" });
    other.apply(plan("data-product", { name: "facts", domain: "orders" }, other.view));
    expect(Object.fromEntries(other.files)).toEqual(Object.fromEntries(workspace.files));
    expect(contractAt("domains/orders/facts").value?.id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it("joins its domain's dbt project and leaves what else is written there", () => {
    const file = "domains/orders/dbt_project.yml";
    workspace.files.set(file, `${read(file)}# kept\nvars: {  a: 1  } # odd spacing stays\n`);
    run("data-product", { name: "orders/facts" });
    expect(parse(read(file))["model-paths"]).toEqual(["_mesh/models", "facts/models"]);
    expect(parse(read(file))["seed-paths"]).toEqual(["facts/seeds"]);
    expect(read(file)).toContain("# kept\nvars: {  a: 1  } # odd spacing stays\n");
  });

  it("gets a line in CODEOWNERS unless its domain has one", () => {
    workspace.files.set(".github/CODEOWNERS", "# ours\n* @acme/platform\n");
    run("data-product", { name: "orders/facts", owner: "facts@acme.example" });
    expect(read(".github/CODEOWNERS")).toBe("# ours\n* @acme/platform\n/domains/orders/facts/ facts@acme.example\n");
    workspace.files.set(".github/CODEOWNERS", "/domains/orders/ @acme/orders\n");
    run("data-product", { name: "orders/more" });
    expect(read(".github/CODEOWNERS")).toBe("/domains/orders/ @acme/orders\n");
  });
});

describe("columns of inputs", () => {
  it("flow into a consumer-aligned contract with types, keys, classification and masking", () => {
    addRich();
    run("data-product", { name: "growth/overview", preset: "consumer-aligned", inputs: ["orders.order-events"] });
    const upstream = readContract({ file: "x", text: rich }, { domain: "orders", product: "order-events" }).value!
      .ports[0]!;
    const { value } = contractAt("domains/growth/overview");
    const shape = (columns: typeof upstream.columns) =>
      columns.map(({ name, type, nullable, pii, masking, classification, embedding, fields }) => ({
        name,
        type,
        nullable,
        pii,
        masking,
        classification,
        embedding,
        fields: fields?.map((f) => ({ name: f.name, type: f.type, nullable: f.nullable })),
      }));
    expect(shape(value!.ports[0]!.columns)).toEqual(shape(upstream.columns.filter((c) => c.name !== "old_state")));
    expect(value!.sensitivity).toBe("restricted");
    expect(value!.sla.freshness?.seconds).toBe(36 * 3600);
    expect(value!.inputs.map((i) => i.from.text)).toEqual(["orders.order-events@2"]);
    expect(value!.lineage.upstream.map((u) => u.text)).toEqual(["orders.order-events@2"]);
    // A mask changes lengths: the promise of the raw value is not passed on.
    expect(value!.ports[0]!.columns.find((c) => c.name === "customer_id")!.constraints.maxLength).toBeUndefined();
  });

  it("are quoted where they are no plain names, for SQL and for Jinja", () => {
    addRich();
    run("data-product", { name: "growth/overview", preset: "consumer-aligned", inputs: ["orders.order-events"] });
    expect(read("domains/growth/overview/models/overview.sql")).toContain(
      String.raw`{{ "\"select \"\"x\"\"; {{ drop }}\"" }}`,
    );
  });

  it("are grouped by day and summed up by an aggregate", () => {
    addRich();
    run("data-product", { name: "growth/daily", inputs: ["orders.order-events", "orders.order-events.daily-orders"] });
    const sql = read("domains/growth/daily/models/daily.sql");
    expect(sql).toContain("cast(event_ts as date) as day");
    expect(sql).toContain("cast(sum(amount) as decimal(38, 2)) as total_amount");
    expect(sql).toContain("cast(sum(items) as bigint) as total_items");
    expect(sql).toContain("{{ ref('orders', 'daily_orders') }}");
    expect(sql).not.toContain("customer_id");
    const { value } = contractAt("domains/growth/daily");
    // A day more than the input promises, because a day is dated by its beginning.
    expect(value!.sla.freshness?.seconds).toBe(60 * 3600);
    expect(value!.ports[0]!.columns.map((c) => c.name)).toEqual([
      "day",
      "row_count",
      "total_amount",
      "total_items",
      "total_weight",
      "daily_orders_count",
    ]);
  });

  it("are joined by the key that two inputs share; others are left for a person, who is told", () => {
    run("data-product", { name: "orders/parcels" });
    workspace.files.set(
      "domains/orders/labels/data-product-contract.yaml",
      "apiVersion: datamesh.io/v1\nkind: DataProduct\nmetadata: { name: labels, domain: orders, version: 1.0.0 }\nspec: { schema: { fields: [{ name: parcel_id, type: string, constraints: { primary_key: true, null: false } }, { name: label, type: string, constraints: { null: false } }, { name: status, type: string }] } }\n",
    );
    addRich();
    const made = run("data-product", {
      name: "orders/overview",
      preset: "consumer-aligned",
      inputs: ["orders.parcels", "orders.labels", "orders.order-events"],
    });
    const sql = read("domains/orders/overview/models/overview.sql");
    expect(sql).toContain("left join labels\n    on labels.parcel_id = parcels.parcel_id");
    expect(sql).toContain("{{ ref('labels') }}");
    expect(made.notes).toEqual([
      "orders.order-events@2 shares no key with orders.parcels@1: join it in models/overview.sql",
    ]);
    const columns = contractAt("domains/orders/overview").value!.ports[0]!.columns;
    expect(columns.map((c) => [c.name, c.nullable])).toEqual([
      ["parcel_id", false],
      ["status", false],
      ["amount", true],
      ["changed_at", false],
      ["label", true],
    ]);
  });
});

describe("the same again", () => {
  it.each(presetNames())("%s: changes nothing, and the recorded answers count", (preset) => {
    addRich();
    const inputs = preset === "source-aligned" ? [] : ["orders.order-events"];
    run("data-product", { name: "growth/facts", preset, inputs, owner: "me@acme.example", description: "What it is." });
    const again = plan("data-product", { name: "growth/facts" }, workspace.view);
    expect(again.actions).toEqual([]);
    expect(errorsOf(again)).toEqual([]);
  });

  it("keeps every edit and every deletion of the user, and says so", () => {
    run("data-product", { name: "orders/facts" });
    const record = "domains/orders/facts/.mesh/scaffold.json";
    const own = [...workspace.files.keys()].filter(
      (f) => f.startsWith("domains/orders/facts/") && f !== record && !/contract\.(lock\.json|js|d\.ts)$/.test(f),
    );
    const [deleted, ...edited] = own.filter((f) => !f.endsWith("data-product-contract.yaml"));
    const comment = (file: string) =>
      file.endsWith(".sql") ? "-- mine" : file.endsWith(".csv") ? "F-9,open,1.00,2026-01-01 00:00:00" : "# mine";
    for (const file of edited) workspace.files.set(file, `${read(file)}${comment(file)}\n`);
    workspace.files.delete(deleted!);
    const before = new Map(workspace.files);
    const again = run("data-product", { name: "orders/facts" });
    run("data-product", { name: "orders/neighbour" });
    run("domain", { name: "orders" });
    run("ci", {});
    for (const file of edited) expect(read(file), file).toBe(before.get(file));
    expect(workspace.files.has(deleted!)).toBe(false);
    expect(again.actions).toEqual([]);
    expect(again.kept.map((k) => k.path).sort()).toEqual(
      [...edited.filter((f) => !f.endsWith(".csv")), edited.find((f) => f.endsWith(".csv"))!, deleted!].sort(),
    );
  });

  it("follows new answers in files that nobody edited", () => {
    run("data-product", { name: "orders/facts" });
    const readme = "domains/orders/facts/README.md";
    workspace.files.set(readme, "mine\n");
    const again = run("data-product", { name: "orders/facts", owner: "new@acme.example" });
    expect(contractAt("domains/orders/facts").value?.owner).toBe("new@acme.example");
    expect(read(readme)).toBe("mine\n");
    expect(again.kept).toEqual([{ path: readme, reason: "edited" }]);
  });

  it("takes away untouched files of the preset it had before", () => {
    run("data-product", { name: "growth/facts", preset: "source-aligned" });
    run("data-product", { name: "growth/facts", preset: "aggregate" });
    expect([...workspace.files.keys()].filter((f) => f.startsWith("domains/growth/facts/tests/"))).toEqual([
      "domains/growth/facts/tests/facts_counts_every_row.sql",
    ]);
  });

  it("renews lock and types when the contract was edited by hand", () => {
    run("data-product", { name: "orders/facts" });
    const file = "domains/orders/facts/data-product-contract.yaml";
    workspace.files.set(
      file,
      read(file).replace("    fields:\n", "    fields:\n      - { name: added, type: long }\n"),
    );
    const again = run("data-product", { name: "orders/facts" });
    expect(again.actions.map((a) => a.path)).toEqual(
      ["contract.d.ts", "contract.js", "contract.lock.json"].map((f) => `domains/orders/facts/${f}`),
    );
    expect(run("sync", {}).actions).toEqual([]);
  });
});

describe("answers", () => {
  const cases: readonly (readonly [string, Parameters<typeof plan<"data-product">>[1], string])[] = [
    ["no such domain", { name: "order/facts" }, 'scaffold/unknown-domain: No domain "order". Did you mean "orders"?'],
    [
      "two domains and none named",
      { name: "facts" },
      "scaffold/answer-missing: --domain is required here. Known: growth, orders.",
    ],
    [
      "upper case",
      { name: "orders/Facts" },
      'scaffold/name-invalid: "Facts" cannot name a data product: it has upper-case letters.',
    ],
    [
      "a path out",
      { name: "orders/../../etc" },
      'scaffold/name-invalid: "orders/../../etc" cannot name a data product: it has more than a domain and a name.',
    ],
    ["a quote", { name: "orders/o'clock" }, `scaffold/name-invalid: "o'clock" cannot name a data product: it has "'".`],
    [
      "a word of SQL",
      { name: "orders/select" },
      'scaffold/name-reserved: "select" cannot name a data product: it is a word of SQL.',
    ],
    [
      "a device",
      { name: "orders/con" },
      'scaffold/name-reserved: "con" cannot name a data product: Windows reserves it for a device.',
    ],
    [
      "an unknown port",
      { name: "growth/x", inputs: ["orders.order-events.daily"] },
      'scaffold/unknown-upstream: No port "orders.order-events.daily". Known: orders.order-events, orders.order-events.daily_orders.',
    ],
    [
      "an unknown product",
      { name: "growth/x", inputs: ["orders.order-event"] },
      'scaffold/unknown-upstream: No port "orders.order-event". Did you mean "orders.order-events"?',
    ],
    [
      "a product written by hand",
      { name: "orders/order-events" },
      'scaffold/name-taken: "orders.order-events" is taken: domains/orders/order-events/data-product-contract.yaml, owned by team-orders@acme.example.',
    ],
  ];
  it.each(cases)("%s", (_, answers, expected) => {
    addRich();
    const made = plan("data-product", answers, workspace.view);
    expect(errorsOf(made)).toEqual([expected]);
    expect(made.actions).toEqual([]);
  });

  it("a model's name that the domain has already is refused with its place", () => {
    run("data-product", { name: "orders/facts" });
    workspace.files.set("domains/orders/facts/models/deep/costs.sql", "select 1");
    const made = plan("data-product", { name: "orders/costs" }, workspace.view);
    expect(errorsOf(made)).toEqual([
      'scaffold/name-taken: "costs" is taken: domains/orders/facts/models/deep/costs.sql.',
    ]);
  });

  it("any name is either refused or stays inside its folder and reads back", () => {
    const piece = fc.constantFrom(
      "a",
      "order",
      "Z",
      "9",
      "-",
      "_",
      ".",
      "/",
      "..",
      "'",
      '"',
      ";",
      "{{",
      "}}",
      "\n",
      " ",
      "é",
      "\\",
      "$",
      "con",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 6 }).map((p) => p.join("")),
        (name) => {
          const made = plan("data-product", { name, domain: "orders" }, workspace.view);
          if (errorsOf(made).length > 0) {
            expect(made.actions).toEqual([]);
            return;
          }
          const product = made.subject.slice("orders.".length);
          expect(product).toMatch(/^[a-z][a-z0-9-]*$/);
          for (const { path } of made.actions)
            expect(
              path === "domains/orders/dbt_project.yml" ||
                path.startsWith(`domains/orders/${product}/`) ||
                path.startsWith("domains/orders/_mesh/"),
            ).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("any description and owner reads back as it was given", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: "binary" }).filter((s) => s.replace(/\s+/g, " ").trim() !== ""),
        (text) => {
          // oxlint-disable-next-line no-control-regex
          fc.pre(!/[\u0000-\u001f\ud800-\udfff]/.test(text));
          const made = plan("data-product", { name: "orders/facts", description: text, owner: text }, workspace.view);
          const contract = made.actions.find((a) => a.path.endsWith("data-product-contract.yaml"))!.content!;
          const line = text.replace(/\s+/g, " ").trim();
          expect(parse(contract).metadata.description).toBe(line);
          expect(parse(contract).spec.owner).toBe(line);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("a preset of a team's own", () => {
  const folder = mkdtempSync(join(tmpdir(), "mesh-preset-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const preset = (manifest: string, model = "select 1 as one -- <$ product.name $>"): string => {
    const at = mkdtempSync(join(folder, "p-"));
    writeFileSync(join(at, "preset.yaml"), manifest);
    writeFileSync(join(at, "model.sql"), model);
    writeFileSync(
      join(at, "contract.yaml"),
      "apiVersion: datamesh.io/v1\nkind: DataProduct\nmetadata: { name: <$ product.product $>, domain: <$ product.domain $>, version: 1.0.0 }\nspec: { schema: { fields: [{ name: one, type: integer }] } }\n",
    );
    return at;
  };
  const files =
    "files: [{ source: contract.yaml, target: data-product-contract.yaml, ownership: merge }, { source: model.sql, target: 'models/{port}.sql', ownership: once }]";

  it("is a folder, and is remembered", () => {
    run("data-product", { name: "orders/own", preset: preset(files) });
    expect(read("domains/orders/own/models/own.sql")).toBe("select 1 as one -- orders.own\n");
    expect(plan("data-product", { name: "orders/own" }, workspace.view).actions).toEqual([]);
  });

  it.each([
    ["leads out of its folder", files.replace("source: model.sql", "source: ../../../../etc/passwd"), undefined],
    ["writes elsewhere", files.replace("'models/{port}.sql'", "../other/x.sql"), undefined],
    ["names nothing that there is", files, "<$ product.nme $>"],
    ["has an open tag", files, "<% if x %>"],
    ["is no map", "[]", undefined],
  ])("that %s is refused before anything is written", (_, manifest, model) => {
    const made = plan("data-product", { name: "orders/own", preset: preset(manifest, model) }, workspace.view);
    expect(made.diagnostics.map((d) => d.code)).toEqual(["scaffold/preset-broken"]);
    expect(made.actions).toEqual([]);
  });
});

describe("removal", () => {
  it.each(presetNames())("%s: takes away exactly what was made", (preset) => {
    run("data-product", { name: "orders/first" });
    const before = Object.fromEntries(workspace.files);
    run("data-product", { name: "orders/facts", preset, inputs: preset === "source-aligned" ? [] : ["orders.first"] });
    run("remove", { name: "orders.facts" });
    expect(Object.fromEntries(workspace.files)).toEqual(before);
  });

  it("refuses while somebody reads it, by contract or by SQL alone, and names who", () => {
    run("data-product", { name: "orders/facts" });
    run("data-product", { name: "growth/daily", inputs: ["orders.facts"] });
    run("data-product", { name: "orders/by-sql" });
    workspace.files.set("domains/orders/by-sql/models/extra.sql", "select * from {{ ref('facts') }}");
    expect(errorsOf(plan("remove", { name: "orders.facts" }, workspace.view))).toEqual([
      'scaffold/still-read: "orders.facts" is read by growth.daily, orders.by-sql.',
    ]);
  });

  it("keeps what was edited, and takes it with --force", () => {
    run("data-product", { name: "orders/facts" });
    workspace.files.set("domains/orders/facts/README.md", "mine");
    const made = plan("remove", { name: "orders.facts" }, workspace.view);
    expect(made.kept).toEqual([{ path: "domains/orders/facts/README.md", reason: "edited" }]);
    run("remove", { name: "orders.facts", force: true });
    expect([...workspace.files.keys()].filter((f) => f.startsWith("domains/orders/facts"))).toEqual([]);
  });

  it("takes a domain without products, and not one with", () => {
    const before = Object.fromEntries(workspace.files);
    run("domain", { name: "finance" });
    run("data-product", { name: "finance/ledger" });
    expect(errorsOf(plan("remove", { name: "finance" }, workspace.view))).toEqual([
      'scaffold/still-read: "finance" is read by finance.ledger.',
    ]);
    run("remove", { name: "finance/ledger" });
    run("remove", { name: "finance" });
    expect(Object.fromEntries(workspace.files)).toEqual(before);
  });
});

describe("a contract in the Open Data Contract Standard", () => {
  it.each(presetNames())("%s promises what it promises in our own dialect, and stays what it was made", (preset) => {
    const inputs = preset === "source-aligned" ? {} : { inputs: ["orders.parcels"] };
    run("data-product", { name: "orders/parcels" });
    run("data-product", { name: "growth/ours", preset, ...inputs });
    run("data-product", { name: "growth/theirs", preset, contractFormat: "odcs", ...inputs });
    const text = read("domains/growth/theirs/theirs.odcs.yaml");
    const theirs = readContract({ file: "theirs.odcs.yaml", text }, { domain: "growth", product: "theirs" });
    expect(theirs.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(theirs.value!.dialect).toBe("odcs/3.1.0");
    const lock = (name: string) =>
      JSON.parse(
        read(`domains/growth/${name}/contract.lock.json`)
          .replaceAll(/theirs?/g, "ours")
          .replaceAll(/ours?_/g, "our_"),
      ) as Record<string, object>;
    for (const part of ["checks", "sla", "access", "inputs", "storage", "lifecycle"])
      expect([part, lock("theirs")[part]]).toEqual([part, lock("ours")[part]]);
    expect(workspace.files.has("domains/growth/theirs/data-product-contract.yaml")).toBe(false);
    // The same command without the flag keeps the format that was chosen.
    const before = new Map(workspace.files);
    run("data-product", { name: "growth/theirs", preset, ...inputs });
    expect([...workspace.files.keys()].sort()).toEqual([...before.keys()].sort());
    expect(read("domains/growth/theirs/theirs.odcs.yaml")).toBe(text);
    expect(read("domains/growth/theirs/README.md")).toContain("(theirs.odcs.yaml)");
  });
});
