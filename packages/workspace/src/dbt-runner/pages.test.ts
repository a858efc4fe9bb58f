import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { examplesOf, pageOf } from "@meshwork/diagnostics";
import { dbtArea } from "@meshwork/engine-dbt";
import { expect, test } from "vitest";
import { build, lint } from "../index.ts";
import { adoptedEstate, artifact } from "../testdata/estate.ts";

// Each page's examples are laid over an adopted project, as their language says: which files there are, what an artifact
// holds, a model's text, a product's list, the ports of a product, what dbt answered.

const now = new Date("2027-06-01T12:00:00Z");

async function codesOf({ language, body }: { language: string; body: string }): Promise<string[]> {
  const root = await adoptedEstate();
  const target = join(root, "warehouse/target");
  let env: Record<string, string | undefined> = { PATH: process.env["PATH"] };
  switch (language) {
    case "files":
      for (const name of ["manifest", "catalog"])
        if (!body.includes(`target/${name}.json`)) rmSync(join(target, `${name}.json`));
      break;
    case "json":
      if (body.includes("unique_id")) env = { ...env, STAND_IN_RESULTS: `[${result(body)}]` };
      else writeFileSync(join(target, "manifest.json"), body);
      break;
    case "sql":
      writeFileSync(join(root, "warehouse/models/staging/stg_users.sql"), body);
      break;
    case "compiled": {
      const manifest = artifact("manifest") as { nodes: Record<string, { name: string; compiled_code?: string }> };
      for (const node of Object.values(manifest.nodes))
        if (!body.split("\n").includes(node.name)) delete node.compiled_code;
      writeFileSync(join(target, "manifest.json"), JSON.stringify(manifest));
      break;
    }
    case "yaml":
      edit(root, "domains/shop/domain.yaml", /crm: .*/, body.trim());
      break;
    case "ports":
      if (!body.includes("stg_orders"))
        edit(root, "domains/shop/shop/data-product-contract.yaml", "name: stg_orders", "name: raw_orders");
      break;
    case "log":
      env = { ...env, STAND_IN_LOG: body.trim() };
      break;
    default:
      throw new Error(`no example is written as ${language}`);
  }
  const found = [...(await lint({ root, now })).diagnostics];
  if ("STAND_IN_RESULTS" in env || "STAND_IN_LOG" in env) found.push(...(await build({ root, now, env })).diagnostics);
  return found.map((d) => d.code);
}

/** An id as the page writes it has no hash at its end. */
function result(body: string): string {
  const { unique_id: id, ...rest } = JSON.parse(body) as { unique_id: string };
  const nodes = Object.keys(artifact("manifest")["nodes"] as object);
  return JSON.stringify({ unique_id: nodes.find((n) => n === id || n.startsWith(`${id}.`)), ...rest });
}

function edit(root: string, file: string, from: string | RegExp, to: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), readFileSync(join(root, file), "utf8").replace(from, to));
}

test("every code has a page", () => {
  const folder = fileURLToPath(dbtArea.pages.directory).replace("/dist/", "/src/");
  expect(readdirSync(folder).sort()).toEqual(
    Object.keys(dbtArea.definitions)
      .map((c) => `${c}.rule.md`)
      .sort(),
  );
});

test.each(Object.keys(dbtArea.definitions))("dbt/%s: Wrong gives the code, Right does not", async (code) => {
  const page = pageOf(dbtArea, `dbt/${code}`)!;
  const [wrong, right] = [examplesOf(page, "wrong"), examplesOf(page, "right")];
  expect([wrong.length, right.length]).toEqual([1, 1]);
  expect(await codesOf(wrong[0]!)).toContain(`dbt/${code}`);
  expect(await codesOf(right[0]!)).not.toContain(`dbt/${code}`);
});
