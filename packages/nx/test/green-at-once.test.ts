import { existsSync } from "node:fs";
import { join } from "node:path";
import { lint, sync, typecheck, build } from "@meshwork/workspace";
import { presetNames } from "@meshwork/scaffold";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ScratchWorkspace } from "./scratch-workspace.ts";

/** Every preset, alone and with inputs, on the real engine by the real commands. */
let mesh: ScratchWorkspace;
const generated: string[][] = [];

function generate(...args: readonly string[]): void {
  const run = mesh.nx("g", ...args, "--no-interactive");
  expect(run.stderr + run.stdout, args.join(" ")).not.toContain("NX   ");
  expect(run.status, run.stdout + run.stderr).toBe(0);
}

beforeAll(() => {
  mesh = new ScratchWorkspace();
  // Written by hand: everything that a column can be, with names that want to break out.
  generate("domain", "web");
  generate("domain", "growth");
  mesh.write({
    "domains/web/events/data-product-contract.yaml": handWritten,
    "domains/web/events/models/events.sql": handWrittenModel,
  });
  mesh.replace("domains/web/dbt_project.yml", "  - _mesh/models\n", "  - _mesh/models\n  - events/models\n");
  for (const preset of presetNames()) generated.push(["data-product", `web/${preset}s`, `--preset=${preset}`]);
  generated.push(
    ["data-product", "growth/daily-events", "--inputs=web.events,web.source-aligneds"],
    [
      "data-product",
      "growth/events-for-sales",
      "--preset=consumer-aligned",
      "--inputs=web.events,web.consumer-aligneds",
    ],
    ["data-product", "growth/by-kind", "--preset=aggregate", "--inputs=web.kinds"],
    ["data-product", "growth/all-in-one", "--preset=aggregate", "--inputs=web.notes"],
  );
  mesh.write({
    "domains/web/kinds/data-product-contract.yaml": smallContract(
      "kinds",
      "{ name: kind, type: string, description: Which., constraints: { enum: [a, b] } }, { name: weight, type: double, description: In kilograms. }",
    ),
    "domains/web/kinds/models/kinds.sql":
      "select * from (values ('a', 1.5), ('a', 2.5), ('b', cast(null as double)), (null, 9.0)) as t(kind, weight)\n",
    "domains/web/notes/data-product-contract.yaml": smallContract(
      "notes",
      "{ name: note, type: string, description: What they said. }, { name: stars, type: integer, description: One to five. }",
    ),
    "domains/web/notes/models/notes.sql":
      "select cast(note as varchar) as note, cast(stars as integer) as stars from (values ('fine', 5), ('so so', 3)) as t(note, stars)\n",
  });
  mesh.replace(
    "domains/web/dbt_project.yml",
    "  - events/models\n",
    "  - events/models\n  - kinds/models\n  - notes/models\n",
  );
  for (const args of generated) generate(...args);
  expect(mesh.nx("sync").status).toBe(0);
  mesh.commit();
}, 240_000);
afterEach(() => mesh.reset());
afterAll(() => mesh.dispose());

const smallContract = (name: string, fields: string): string => `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: ${name}, domain: web, version: 1.0.0, description: "Rows of the test, by hand." }
spec:
  owner: team-web@acme.example
  sensitivity: internal
  sla: { availability: "99%" }
  storage: { encryption: AES-256 }
  schema: { fields: [${fields}] }
  quality: { checks: [{ assertion: row_count, value: { min: 1 } }] }
  lineage: { upstream: [raw.web.${name}] }
`;

const handWritten = `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: events, domain: web, version: 3.1.0, description: "Events of the test, by hand." }
spec:
  owner: team-web@acme.example
  sensitivity: confidential
  sla: { availability: "99%" }
  storage: { encryption: AES-256 }
  access: { roles: [analyst], policies: [pii-masking, encryption-at-rest] }
  schema:
    fields:
      - { name: event_id, type: string, description: Key., constraints: { primary_key: true, null: false } }
      - { name: happened_at, type: timestamp, description: When., constraints: { null: false } }
      - { name: e_mail, type: string, description: Whose., constraints: { pii: true, masking: hash, classification: restricted } }
      - { name: amount, type: decimal, precision: 10, scale: 2, description: Worth., constraints: { min: 0 } }
      - { name: items, type: integer, description: How many. }
      - { name: 'say "hi"; {{ x }}', type: string, description: A name that wants to break out. }
      - { name: order, type: string, description: A word of SQL. }
      - { name: tags, type: array, items: { type: string }, description: Words. }
      - { name: place, type: struct, fields: [{ name: city, type: string }, { name: zip, type: integer }], description: Where. }
      - { name: attributes, type: map, values: { type: string }, description: More. }
      - { name: gone_soon, type: string, description: Old., deprecated: { since: 3.0.0, until: 2099-01-01 } }
  quality: { checks: [{ assertion: row_count, value: { min: 1 } }] }
  lineage: { upstream: [raw.web.events] }
`;

const handWrittenModel = `select
    cast(id as varchar) as event_id,
    cast(happened as timestamp) as happened_at,
    cast('me@acme.example' as varchar) as e_mail,
    cast(amount as decimal(10, 2)) as amount,
    cast(id as integer) as items,
    cast('x' as varchar) as {{ '"say ""hi""; {{ x }}"' }},
    cast('y' as varchar) as "order",
    ['a', 'b'] as tags,
    {'city': 'Bern', 'zip': 3000} as place,
    map {'k': 'v'} as attributes,
    cast('old' as varchar) as gone_soon
from (values (1, '2026-01-05 10:00:00', 9.99), (2, '2026-01-05 11:00:00', null), (3, '2026-01-07 12:00:00', 1.5)) as t(id, happened, amount)
`;

describe("what generators make", () => {
  it("is green at once, with every target", () => {
    const run = mesh.nx("run-many", "-t", "lint,typecheck,build,test,check,compat", "--outputStyle=static");
    expect(run.stdout).toContain("Successfully ran targets");
    expect(run.stdout).not.toMatch(/^(warning|note) /m);
    expect(run.status).toBe(0);
    for (const port of [
      "web/source_aligneds_v1",
      "growth/events_for_sales_v1",
      "growth/by_kind_v1",
      "growth/all_in_one_v1",
    ])
      expect(existsSync(join(mesh.root, ".mesh/lake/dev", port, "current/manifest.json")), port).toBe(true);
  }, 240_000);

  it("has nothing that lint would even warn of", async () => {
    const products = generated.map((args) => args[1]!.replace("/", "."));
    const answer = await lint({ root: mesh.root, products });
    expect(answer.diagnostics.map((d) => `${d.code} ${d.product}: ${d.message}`)).toEqual([]);
  });

  it("is in step: nx sync has nothing to do, nor has mesh sync", async () => {
    expect(mesh.nx("sync:check").status).toBe(0);
    expect((await sync({ root: mesh.root, check: true })).results).toEqual([]);
  });

  it("is the same when asked for again", () => {
    for (const args of generated.slice(-5, -1)) generate(...args.slice(0, 2));
    generate("domain", "web");
    generate("ci");
    expect(mesh.changes()).toEqual([]);
  }, 120_000);

  it("a dry run lists what the run does, to the file, and writes nothing", () => {
    const listed = (text: string) =>
      text
        .split("\n")
        .filter((l) => /^(CREATE|UPDATE|DELETE) /.test(l))
        .map((l) =>
          l
            .replace(/^CREATE/, "A")
            .replace(/^UPDATE/, "M")
            .replace(/^DELETE/, "D"),
        )
        .sort();
    const args = ["g", "data-product", "growth/one-more", "--inputs=web.events", "--no-interactive"];
    const dry = mesh.nx(...args, "--dry-run");
    expect(mesh.changes()).toEqual([]);
    mesh.nx(...args);
    expect(listed(dry.stdout)).toEqual(mesh.changes());
    mesh.nx("g", "remove", "growth.one-more", "--no-interactive");
    expect(mesh.changes()).toEqual([]);
  }, 60_000);
});

describe("what was made notices when it is broken", () => {
  const built = async (product: string) =>
    (await build({ root: mesh.root, products: [product] })).diagnostics
      .filter((d) => d.severity === "error")
      .map((d) => d.code);
  const typed = async (product: string) =>
    (await typecheck({ root: mesh.root, products: [product] })).diagnostics
      .filter((d) => d.severity === "error")
      .map((d) => d.code);
  const contract = (product: string) => `domains/${product.replace(".", "/")}/data-product-contract.yaml`;

  it.each([
    ["older states shown", "web.source-aligneds", "source_aligneds", "changed_at desc", "changed_at asc"],
    [
      "rows lost",
      "web.source-aligneds",
      "source_aligneds",
      "where recency = 1",
      "where recency = 1 and status <> 'open'",
    ],
    ["rows doubled", "web.source-aligneds", "source_aligneds", "where recency = 1", "where recency >= 1"],
    ["rows not counted", "web.aggregates", "aggregates", "group by", "where amount > 20 group by"],
    ["rows counted twice", "growth.daily-events", "daily_events", "count(*) as row_count", "count(*) * 2 as row_count"],
    [
      "rows filtered away",
      "growth.events-for-sales",
      "events_for_sales",
      "from events\n",
      "from (select * from events where amount > 2) as events\n",
    ],
    ["a class that nobody promised", "web.consumer-aligneds", "consumer_aligneds", "'small'", "'tiny'"],
  ])("a model: %s", async (_, product, model, from, to) => {
    mesh.replace(`domains/${product.replace(".", "/")}/models/${model}.sql`, from, to);
    expect(await built(product)).not.toEqual([]);
  });

  it.each(["web.source-aligneds", "web.aggregates", "web.consumer-aligneds"])(
    "a contract: another type in %s",
    async (product) => {
      mesh.replace(contract(product), "type: decimal, precision", "type: array, items: string, precision");
      expect(await typed(product)).not.toEqual([]);
    },
  );

  it.each(["web.source-aligneds", "web.aggregates", "growth.events-for-sales"])(
    "a contract: a column that %s does not have",
    async (product) => {
      mesh.replace(contract(product), "    fields:\n", "    fields:\n      - { name: not_there, type: string }\n");
      expect(await typed(product)).not.toEqual([]);
    },
  );
});
