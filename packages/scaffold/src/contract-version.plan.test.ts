import { readContract } from "@meshwork/contract";
import { beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Answers, Plan, TemplateName } from "./index.ts";
import { plan } from "./index.ts";
import type { MemoryWorkspace } from "./testdata/memory-workspace.ts";
import { memoryWorkspace } from "./testdata/memory-workspace.ts";

const mesh = 'apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: acme }\nspec: { npm_scope: "@acme" }\n';
const today = "2026-11-28";
const product = "domains/shipping/parcels";
const v1 = `${product}/versions/v1`;
let workspace: MemoryWorkspace;

function run<T extends TemplateName>(template: T, answers: Answers[T]): Plan {
  return workspace.apply(plan(template, answers, workspace.view));
}
const tryOut = <T extends TemplateName>(template: T, answers: Answers[T]): string[] =>
  plan(template, answers, workspace.view).diagnostics.map((d) => `${d.code}: ${d.message}`);
const read = (path: string): string => workspace.files.get(path) ?? `no file ${path}`;
const texts = (): Record<string, string> => Object.fromEntries(workspace.files);
const write = (path: string, change: (text: string) => string): void =>
  void workspace.files.set(path, change(read(path)));
const contractAt = (directory: string) =>
  readContract({ file: "c.yaml", text: read(`${directory}/data-product-contract.yaml`) }, { domain: "shipping" })
    .value!;

beforeEach(() => {
  workspace = memoryWorkspace({ "mesh.yaml": mesh });
  run("domain", { name: "shipping" });
  run("domain", { name: "sales" });
  run("data-product", { name: "shipping/parcels" });
  run("data-product", { name: "sales/days", inputs: ["shipping.parcels"] });
});

const start = (more: Partial<Answers["contract-version"]> = {}) =>
  ({ name: "shipping/parcels", sunset: "2027-06-30", today, ...more }) as const;

describe("the next major version", () => {
  it("keeps the present one, with an end, under names of its own; the product goes on as the next", () => {
    const made = run("contract-version", start({ reason: "weights become decimals" }));
    expect(contractAt(v1)).toMatchObject({
      version: "1.1.0",
      status: "deprecated",
      deprecation: {
        since: "1.1.0",
        until: "2027-06-30",
        replacedBy: "shipping.parcels@2",
        reason: "weights become decimals",
      },
    });
    expect(contractAt(product)).toMatchObject({ version: "2.0.0", status: "active", id: contractAt(v1).id });
    expect(
      [...workspace.files.keys()].filter((f) => f.startsWith(`${v1}/`)).map((f) => f.slice(v1.length + 1)),
    ).toEqual(
      expect.arrayContaining([
        "contract.lock.json",
        "contract.d.ts",
        "models/parcels_v1.sql",
        "models/staging/stg_parcels_v1.sql",
        "seeds/raw_parcels_v1.csv",
        "tests/parcels_shows_newest_state_v1.sql",
      ]),
    );
    expect(read(`${v1}/models/parcels_v1.sql`)).toContain("ref('stg_parcels_v1')");
    expect(parse(read(`${v1}/models/schema.yml`))).toMatchObject({
      models: [{ name: "parcels_v1" }, { name: "stg_parcels_v1" }],
      seeds: [{ name: "raw_parcels_v1" }],
    });
    expect(read("domains/shipping/dbt_project.yml")).toContain("- parcels/versions/v1/models");
    expect(JSON.parse(read("domains/shipping/package.json"))).toMatchObject({
      exports: { "./*/v1": { default: "./*/versions/v1/contract.js" } },
    });
    expect(made.notes[0]).toBe(
      "version 1.1.0 lives on in domains/shipping/parcels/versions/v1 until 2027-06-30; domains/shipping/parcels is 2.0.0 now",
    );
  });

  it("leaves generated files in step, and twice is once, whatever was edited since", () => {
    run("contract-version", start());
    expect(run("sync", {}).actions).toEqual([]);
    const before = texts();
    expect(run("contract-version", start()).actions).toEqual([]);
    expect(run("contract-version", { name: "shipping.parcels", today }).actions).toEqual([]);
    write(`${product}/data-product-contract.yaml`, (t) => t.replace("name: status", "name: state"));
    write(`${v1}/models/parcels_v1.sql`, (t) => `-- mine\n${t}`);
    const edited = texts();
    expect(run("contract-version", start()).notes[0]).toContain("start another one with --major=3");
    expect(texts()).toEqual(edited);
    expect(Object.keys(edited)).toEqual(Object.keys(before));
  });

  it("asked again with another end, it moves the end and nothing else", () => {
    run("contract-version", start());
    const made = run("contract-version", start({ sunset: "90d" }));
    expect(made.actions.map((a) => a.path.slice(v1.length + 1))).toEqual([
      ".mesh/scaffold.json",
      "contract.d.ts",
      "contract.lock.json",
      "data-product-contract.yaml",
    ]);
    expect(run("contract-version", start({ sunset: "90d", today: "2026-12-24" })).actions).toEqual([]);
    expect(contractAt(v1).deprecation).toMatchObject({ until: "2027-02-26", since: "1.1.0" });
  });

  it("a consumer that named a version is untouched; one that named none stays with the old one, and is listed", () => {
    const consumer = "domains/sales/days/data-product-contract.yaml";
    const pinned = read(consumer);
    expect(run("contract-version", start()).notes.join()).not.toContain("named no version");
    expect(read(consumer)).toBe(pinned);

    workspace.files.clear();
    workspace.files.set("mesh.yaml", mesh);
    for (const name of ["shipping", "sales"]) run("domain", { name });
    run("data-product", { name: "shipping/parcels" });
    run("data-product", { name: "sales/days", inputs: ["shipping.parcels"] });
    write(consumer, (t) => `# ours\n${t.replaceAll("shipping.parcels@1", "shipping.parcels")}`);
    run("sync", {});
    const made = run("contract-version", start());
    expect(made.notes).toContain(`these named no version, and stay with @1: ${consumer}`);
    expect(read(consumer)).toBe(`# ours\n${pinned}`);
  });

  it("a program that imports the types goes on with the old ones", () => {
    const program = "domains/sales/apps/board/src/main.ts";
    const newest = "@acme/shipping/parcels";
    const lines = (name: string) => [
      `import { parcelsSchema } from "${name}";`,
      `import type {\n  Parcels,\n} from '${name}';`,
      `const later = await import("${name}");`,
      `const text = 'import { x } from "${newest}"';`,
      `// see "${newest}-x"`,
    ];
    workspace.files.set(program, lines(newest).join("\n"));
    run("contract-version", start());
    expect(read(program)).toBe(lines(`${newest}/v1`).join("\n"));
    const refused = tryOut("remove", { name: "shipping.parcels@1" });
    expect(refused).toEqual([
      'scaffold/still-read: "shipping.parcels@1" is read by sales.days, domains/sales/apps/board.',
    ]);
  });

  it("a user's models keep what is theirs: aliases, snapshots, properties of the project, other names", () => {
    workspace.files.set(
      `${product}/models/extra.sql`,
      "{{ config(materialized='table', alias='extras') }}\nselect * from {{ ref(\"stg_parcels\") }} join {{ ref('shipping', 'parcels') }} using (id)\n-- stg_parcels stays in prose\n",
    );
    workspace.files.set(`${product}/snapshots/kept.sql`, "{% snapshot kept %}select 1 as id{% endsnapshot %}\n");
    workspace.files.set(
      `${product}/models/more.yml`,
      "version: 2\n# about sources\nsources:\n  - name: raw\n    tables: [{ name: t }]\nmodels:\n  - name: extra # ours\n",
    );
    workspace.files.set(`${product}/models/sources.yml`, "version: 2\nsources:\n  - name: other\n");
    const made = run("contract-version", start());
    expect(read(`${v1}/models/extra_v1.sql`)).toBe(
      "{{ config(materialized='table', alias='extras_v1') }}\nselect * from {{ ref(\"stg_parcels_v1\") }} join {{ ref('shipping', 'parcels_v1') }} using (id)\n-- stg_parcels stays in prose\n",
    );
    expect(read(`${v1}/snapshots/kept_v1.sql`)).toContain("{% snapshot kept_v1 %}");
    expect(parse(read(`${v1}/models/more.yml`))).toEqual({ version: 2, models: [{ name: "extra_v1" }] });
    expect(workspace.files.has(`${v1}/models/sources.yml`)).toBe(false);
    expect(made.notes.at(-1)).toContain("snapshots begin anew in version 1: kept");
  });

  it("goes on from 2 to 3: the model that bears the number goes with it", () => {
    run("contract-version", start());
    const made = run("contract-version", start({ major: 3 }));
    expect(contractAt(`${product}/versions/v2`).version).toBe("2.1.0");
    expect(contractAt(product).version).toBe("3.0.0");
    expect(workspace.files.has(`${product}/versions/v2/models/parcels_v2.sql`)).toBe(true);
    expect(made.diagnostics).toEqual([]);
    expect(run("sync", {}).actions).toEqual([]);
  });

  it("the policy of mesh.yaml is the end where none is given", () => {
    workspace.files.set("mesh.yaml", mesh.replace('"@acme" }', '"@acme", compatibility: { sunset_after: 180d } }'));
    run("contract-version", { name: "shipping/parcels", today });
    expect(contractAt(v1).deprecation?.until).toBe("2027-05-27");
  });
});

describe("what is refused before anything is planned", () => {
  const wrong: readonly (readonly [Partial<Answers["contract-version"]>, string])[] = [
    [{ sunset: undefined }, "scaffold/answer-missing: --sunset is required here."],
    [{ sunset: "2026-11-28" }, 'scaffold/sunset-invalid: "2026-11-28" is no end of a version: it is not in the future'],
    [
      { sunset: "2027-02-30" },
      'scaffold/sunset-invalid: "2027-02-30" is no end of a version: the calendar has no such day',
    ],
    [{ sunset: "soon" }, 'scaffold/sunset-invalid: "soon" is no end of a version: it is neither a date'],
    [{ sunset: "1h" }, 'scaffold/sunset-invalid: "1h" is no end of a version: readers need at least a day'],
    [
      { name: "shipping/parcel" },
      'scaffold/unknown-product: No product "shipping.parcel". Did you mean "shipping.parcels"?',
    ],
    [{ major: 4 }, 'scaffold/version-not-next: "shipping.parcels" is at 1.0.0: the next major version is 2, not 4.'],
    [{ major: 1 }, "scaffold/version-not-next"],
  ];
  it.each(wrong)("%j", (answers, expected) => {
    const made = plan("contract-version", start(answers), workspace.view);
    expect(made.actions).toEqual([]);
    expect(made.diagnostics.map((d) => `${d.code}: ${d.message}`).join()).toContain(expected);
  });

  it("a contract that cannot be read, and a folder that is there", () => {
    workspace.files.set(`${v1}/notes.txt`, "x");
    expect(tryOut("contract-version", start())[0]).toContain("scaffold/name-taken");
    workspace.files.set(`${product}/data-product-contract.yaml`, "}{");
    expect(tryOut("contract-version", start())[0]).toContain("scaffold/contract-unreadable");
  });
});

describe("the end of an older version", () => {
  it("takes away what was made, and every entry of it, once nobody reads it", () => {
    run("contract-version", start());
    expect(tryOut("remove", { name: "shipping.parcels@1" })).toEqual([
      'scaffold/still-read: "shipping.parcels@1" is read by sales.days.',
    ]);
    expect(tryOut("remove", { name: "shipping.parcels" })[0]).toContain("scaffold/still-read");
    write("domains/sales/days/data-product-contract.yaml", (t) => t.replaceAll("parcels@1", "parcels@2"));
    run("remove", { name: "shipping.parcels@1" });
    expect([...workspace.files.keys()].filter((f) => f.includes("/versions/"))).toEqual([]);
    expect(read("domains/shipping/dbt_project.yml")).not.toContain("versions/");
    expect(JSON.parse(read("domains/shipping/package.json"))).toMatchObject({
      exports: { "./*": { default: "./*/contract.js" } },
    });
    expect(read("domains/shipping/package.json")).not.toContain("/v1");
    expect(run("sync", {}).actions).toEqual([]);
  });

  it("a reader by v= is one too", () => {
    run("contract-version", start());
    write("domains/sales/days/data-product-contract.yaml", (t) => t.replaceAll("parcels@1", "parcels@2"));
    workspace.files.set("domains/sales/days/models/old.sql", "select * from {{ ref('shipping', 'parcels', v=1) }}");
    expect(tryOut("remove", { name: "shipping.parcels@1" })[0]).toContain("is read by sales.days.");
  });

  it("files that were edited since stay unless told, and then all of the version does", () => {
    run("contract-version", start());
    write("domains/sales/days/data-product-contract.yaml", (t) => t.replaceAll("parcels@1", "parcels@2"));
    write(`${v1}/models/parcels_v1.sql`, (t) => `-- mine\n${t}`);
    expect(tryOut("remove", { name: "shipping.parcels@1" })[0]).toContain("scaffold/edited-files");
    run("remove", { name: "shipping.parcels@1", force: true });
    expect([...workspace.files.keys()].some((f) => f.startsWith(v1))).toBe(false);
  });
});

it("an ODCS contract says its end as the standard does", () => {
  const file = "domains/shipping/rates/rates.odcs.yaml";
  workspace.files.set(
    file,
    `apiVersion: v3.1.0\nkind: DataContract\nid: 6f0a3c0e-7a53-4b43-8d2f-0b0a6f3b8a11\nname: rates\nversion: 1.2.0\nstatus: active\ndomain: shipping\nschema:\n  - name: rates\n    properties:\n      - { name: carrier, logicalType: string, physicalType: varchar }\n# ours\n`,
  );
  workspace.files.set("domains/shipping/rates/models/rates.sql", "select 'dhl' as carrier\n");
  run("contract-version", start({ name: "shipping/rates" }));
  const older = readContract(
    { file, text: read("domains/shipping/rates/versions/v1/rates.odcs.yaml") },
    { domain: "shipping", product: "rates" },
  ).value!;
  expect(older).toMatchObject({ version: "1.3.0", status: "deprecated", deprecation: { until: "2027-06-30" } });
  expect(read(file)).toContain("version: 2.0.0");
  expect(read(file)).toContain("# ours");
});
