import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lint, openLint } from "../index.ts";
import { mesh, product, scratchMesh } from "../testdata/scratch-mesh.ts";

const now = new Date("2026-11-21T08:00:00Z");
const id = "name: id, type: long, constraints: { primary_key: true, null: false }";

const aMesh = () =>
  scratchMesh({
    "mesh.yaml": mesh("  policies: [{ name: data-lineage, enforcement: required, domains: [all] }]\n"),
    ...product(
      "crm.people",
      { fields: [id, "name: mail, type: string"] },
      { people: "select 1::bigint as id, '' as mail" },
    ),
    ...product(
      "crm.visits",
      { fields: [id], upstream: "crm.people" },
      { visits: "select id from {{ ref('crm', 'people') }}" },
    ),
    ...product(
      "sales.leads",
      { fields: [id], upstream: "crm.people" },
      { leads: "select id from {{ ref('crm', 'people') }}" },
    ),
    ...product("sales.deals", { fields: [id] }, { deals: "select {{ env_var('DEALS', '1') }} as id" }),
  });

const contracts = ["crm/people", "crm/visits", "sales/leads", "sales/deals"].map(
  (p) => `domains/${p}/data-product-contract.yaml`,
);
const models = ["crm/people/models/people.sql", "crm/visits/models/visits.sql", "sales/leads/models/leads.sql"].map(
  (p) => `domains/${p}`,
);

/** One thing that a person does to a file; `undefined` deletes it. */
interface Edit {
  readonly file: string;
  readonly change: (text: string) => string | undefined;
}

const replaced = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
const edits: readonly Edit[] = [
  ...contracts.flatMap((file): Edit[] => [
    { file, change: (text) => `${text}# a comment\n` },
    { file, change: replaced("type: long", "type: lnog") },
    { file, change: replaced("type: lnog", "type: long") },
    { file, change: replaced("version: 1.0.0", "version: 2.0.0") },
    { file, change: replaced("crm.people", "crm.peple") },
    { file, change: replaced("crm.peple", "crm.people") },
    { file, change: replaced(/^/, "metadata: [\n") },
    { file, change: replaced("metadata: [\n", "") },
    { file, change: replaced("spec:", "spec:\n  deprecation: { since: 1.0.0, sunset: 2026-11-20 }") },
  ]),
  ...models.flatMap((file): Edit[] => [
    { file, change: replaced("'people'", "'poeple'") },
    { file, change: replaced("'poeple'", "'people'") },
    { file, change: (text) => `${text}\n-- {{ nothing() }}` },
    { file, change: () => undefined },
    { file, change: (text) => text || "select 1::bigint as id" },
  ]),
  { file: "domains/sales/domain.yaml", change: replaced("spec: {", "spec: { defaults: { sla: { freshness: 1h } },") },
  { file: "domains/sales/leads/contract.lock.json", change: (text) => `${text} ` },
  { file: "domains/sales/leads/contract.lock.json", change: () => undefined },
  { file: "domains/sales/leads/contract.lock.json", change: replaced(/\n/g, "\r\n") },
  { file: "domains/sales/dbt_project.yml", change: () => "name: sales\nversion: '1.0'\nmodel-paths: [leads/models]\n" },
  { file: "domains/sales/dbt_project.yml", change: () => undefined },
  { file: "domains/sales/leads/infrastructure.yaml", change: () => "apiVersion: platform/v1\nkind: Nothing\n" },
  { file: "mesh.yaml", change: replaced("spec:\n", "spec:\n  rules: { contract/unknown-upstream: warning }\n") },
  { file: "packages/app/package.json", change: () => '{"name": "app"}' },
  { file: "packages/app/index.ts", change: () => 'import "@scratch/crm/people";\n' },
];

function apply(root: string, { file, change }: Edit): void {
  const path = join(root, file);
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    // It is made by the edit.
  }
  const after = change(text);
  if (after === undefined) rmSync(path, { force: true });
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, after);
  }
}

const told = (found: { diagnostics: readonly unknown[] }) => JSON.stringify(found.diagnostics, null, 1);
const anew = async (root: string, env?: Record<string, string>) => told(await lint({ root, now, env, cache: false }));

describe("what comes from the cache", () => {
  it("is what a fresh look finds, whatever was edited in between", { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...edits), fc.constantFrom("", "1", "{{"), fc.boolean()), { maxLength: 7 }),
        async (steps) => {
          const root = aMesh();
          const session = await openLint({ root, now, cache: false });
          await lint({ root, now });
          session.lint();
          for (const [edit, value, together] of steps) {
            apply(root, edit);
            if (together) continue;
            const env = { DEALS: value };
            const fresh = await anew(root, env);
            expect(told(await lint({ root, now, env }))).toBe(fresh);
            // Once more: now the whole result is remembered.
            expect(told(await lint({ root, now, env }))).toBe(fresh);
            expect(told(await lint({ root, now, env, products: ["sales"] }))).toBe(
              told(await lint({ root, now, env, products: ["sales"], cache: false })),
            );
          }
          expect(told(session.lint())).toBe(await anew(root));
          rmSync(root, { recursive: true });
        },
      ),
      { numRuns: 15 },
    );
  });

  it("in a session is what a fresh look finds, when it is told which file changed", { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...edits), { minLength: 1, maxLength: 6 }), async (steps) => {
        const root = aMesh();
        const session = await openLint({ root, now, cache: false });
        session.lint();
        for (const edit of steps) {
          apply(root, edit);
          expect(told(session.lint({ files: [edit.file] }))).toBe(await anew(root));
        }
        rmSync(root, { recursive: true });
      }),
      { numRuns: 12 },
    );
  });

  it("is counted", async () => {
    const root = aMesh();
    const cached = async () => (await lint({ root, now })).summary["cached"];
    expect(await cached()).toBe(0);
    expect(await cached()).toBe(4);
    apply(root, { file: contracts[0]!, change: (text) => `${text}# x\n` });
    expect(await cached()).toBe(3);
    apply(root, { file: models[2]!, change: (text) => `${text}\n` });
    // A domain's SQL is one project.
    expect(await cached()).toBe(2);
  });

  it("is looked at again on another day only where a rule has asked for the day", async () => {
    const root = aMesh();
    const day = "      - { name: day, type: date, constraints: { max: 2026-11-22 } }\n";
    apply(root, { file: contracts[3]!, change: replaced(/( +- \{ name: id.*\n)/, `$1${day}`) });
    const later = new Date("2026-11-23T00:00:00Z");
    const before = await lint({ root, now });
    const after = await lint({ root, now: later });
    expect(told(after)).toBe(told(await lint({ root, now: later, cache: false })));
    expect(told(after)).not.toBe(told(before));
    expect(after.summary["cached"]).toBe(3);
  });

  it("is dropped when its file is damaged", async () => {
    const root = aMesh();
    apply(root, edits[1]!);
    await lint({ root, now });
    const fresh = await anew(root);
    const folder = join(root, ".mesh/cache/lint");
    const kept = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((f) => /\.(bin|json)$/.test(f));
    expect(kept.length).toBe(3);
    for (const damage of [
      (path: string) => truncateSync(path, 100),
      (path: string) => writeFileSync(path, ""),
      (path: string) =>
        writeFileSync(
          path,
          readFileSync(path).map((b, i) => (i === 300 ? b ^ 1 : b)),
        ),
    ]) {
      for (const file of kept) damage(join(folder, file));
      expect(told(await lint({ root, now }))).toBe(fresh);
      expect((await lint({ root, now })).summary["cached"]).toBe(4);
    }
  });

  it("holds when many processes fill it at once", async () => {
    const root = aMesh();
    const entry = pathToFileURL(join(import.meta.dirname, "../../dist/linting.js")).href;
    const script = `const { lint } = await import(${JSON.stringify(entry)});
      const done = await lint({ root: ${JSON.stringify(root)}, now: new Date(${now.getTime()}) });
      console.log(JSON.stringify(done.diagnostics, null, 1));`;
    const once = () => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
    const all = await Promise.all([once(), once(), once(), once()]);
    expect(new Set(all.map((r) => r.stdout.trim()))).toEqual(new Set([await anew(root)]));
    expect(
      readdirSync(join(root, ".mesh/cache/lint"), { recursive: true }).some((f) => String(f).endsWith(".tmp")),
    ).toBe(false);
    expect((await once()).stdout.trim()).toBe(await anew(root));
  });
});
