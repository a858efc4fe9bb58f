import { readContract } from "@meshwork/contract";
import type { Engine, Session } from "@meshwork/engine";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import { pgliteEngine } from "@meshwork/engine-postgres";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileChecks, planChecks, runChecks } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "mesh-media-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const engines: Readonly<Record<string, () => Engine>> = {
  duckdb: () => duckdbEngine(),
  postgres: () => pgliteEngine({ path: join(folder, "pg") }),
};

const portOf = (fields: string) => {
  const text = `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: shop.items, domain: shop, version: 1.0.0 }
spec: { schema: { fields: [${fields}] } }
`;
  const read = readContract({ file: "c.yaml", text });
  expect(read.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
  return read.value!.ports[0]!;
};

const md5 = "0cc175b9c0f1b6a831c399e269772661";

describe.each(Object.keys(engines))("references to objects in %s", (name) => {
  let engine: Engine;
  let session: Session;
  beforeAll(async () => {
    engine = engines[name]!();
    session = await engine.open();
  }, 60_000);
  afterAll(async () => {
    await session.close();
    await engine.close();
  });

  /** Which of the references fail, one row each. */
  async function refused(media: string, references: readonly string[], check = "media_reference"): Promise<string[]> {
    const checks = compileChecks(portOf(`{ name: photo, type: media, media: ${media} }`), {
      relation: { name: "photos" },
    }).filter((each) => each.name === `${check}.photo`);
    expect(checks).toHaveLength(1);
    const failed: string[] = [];
    for (const reference of references) {
      await session.query("DROP TABLE IF EXISTS photos");
      await session.query(`CREATE TABLE photos AS SELECT ${session.dialect.literal(reference)} AS photo`);
      const [found] = await runChecks(session, planChecks(checks, session), { now: new Date(0) });
      expect(found!.reason ?? "").toBe("");
      if (found!.status !== "passed") failed.push(reference);
    }
    return failed;
  }

  it("stay below their base, whatever they are written like", async () => {
    const good = ["a.png", "x/y..z/ü 1.png", "..a.png", "a..", "s3://shop/photos/a.png"];
    const bad = [
      "../a.png",
      "x/../../a.png",
      "x/..",
      "..",
      "%2e%2e/a.png",
      "x/%2E./a.png",
      "a%2fb.png",
      "..\\a.png",
      "C:\\a.png",
      "/etc/passwd",
      "//host/a.png",
      "s3://shop/photos-of-others/a.png",
      "s3://shop/photos/../a.png",
      "https://elsewhere.example/a.png",
      " a.png",
      "",
      "a\tb.png",
      "s3:../a.png",
    ];
    expect(await refused("{ types: [image/png], base: 's3://shop/photos' }", [...good, ...bad])).toEqual(bad);
  });

  it("have one of the schemes", async () => {
    const bad = ["http://x/a.png", "file:///etc/passwd", "a.png", "s3x://b/a.png"];
    const references = ["https://x/a.png", "S3://b/a.png", ...bad];
    expect(await refused("{ types: [image/png], schemes: [s3, https] }", references)).toEqual(bad);
  });

  it("have an allowed type by their extension, as far as it is known", async () => {
    const references = ["a.PNG", "https://x/b.jpeg?w=1", "c.pdf", "d", "e.png.exe"];
    const only = "{ types: [image/png, image/jpeg] }";
    expect(await refused(only, references, "media_type")).toEqual(["c.pdf", "d", "e.png.exe"]);
    expect(await refused("{ types: ['image/*'] }", references, "media_type")).toEqual(["c.pdf"]);
    expect(await refused("{ types: [application/x-own] }", ["a.own", "a.png"], "media_type")).toEqual(["a.png"]);
  });

  it("have type, digest and size beside them", async () => {
    const port = portOf(
      "{ name: photo, type: media, media: { types: [image/svg+xml, text/*], type_column: t, checksum: { column: d, algorithm: md5 }, size_column: n, max_bytes: 9 } }, { name: t, type: string }, { name: d, type: string }, { name: n, type: long }",
    );
    await session.query("DROP TABLE IF EXISTS photos");
    const rows = [
      `('a', 'image/svg+xml', '${md5}', 9)`,
      `('a', 'TEXT/csv; charset=utf-8', '${md5.toUpperCase()}', 0)`,
      "(NULL, NULL, NULL, NULL)",
      "('a', NULL, NULL, NULL)",
      `('a', 'image/svgxxml', '${md5}0', 10)`,
      `('a', 'text/', '${md5.slice(1)}g', -1)`,
    ];
    await session.query("CREATE TABLE photos (photo varchar, t varchar, d varchar, n bigint)");
    await session.query(`INSERT INTO photos VALUES ${rows.join(", ")}`);
    const checks = compileChecks(port, { relation: { name: "photos" } });
    const found = await runChecks(session, planChecks(checks, session), { now: new Date(0) });
    const outcome = Object.fromEntries(found.map((r) => [r.check, `${r.failing}/${r.total}${r.reason ?? ""}`]));
    expect(outcome).toMatchObject({
      "media_reference.photo": "0/5",
      "media_type.photo": "3/5",
      "media_checksum.photo": "3/5",
      "media_size.photo": "3/5",
    });
  });
});

it("are found in structs, with the fields beside them, and in lists", async () => {
  const engine = duckdbEngine();
  const session = await engine.open();
  try {
    await session.query(
      `CREATE TABLE photos AS SELECT {uri: '../a.pdf', md5: '${md5}'} AS scan, ['a.png', '/b.png'] AS gallery UNION ALL SELECT {uri: 'a.pdf', md5: 'x'}, ['c.gif']`,
    );
    const port = portOf(
      "{ name: scan, type: struct, fields: [{ name: uri, type: media, media: { types: [application/pdf], base: scans/, checksum: { column: md5, algorithm: md5 } } }, { name: md5, type: string }] }, { name: gallery, type: array, items: { type: media, media: { types: [image/png], base: g/ } } }",
    );
    const checks = compileChecks(port, { relation: { name: "photos" } });
    const found = await runChecks(session, planChecks(checks, session), { now: new Date(0) });
    const outcome = Object.fromEntries(found.map((r) => [r.check, `${r.failing}/${r.total}${r.reason ?? ""}`]));
    expect(outcome).toMatchObject({
      "media_reference.scan.uri": "1/2",
      "media_type.scan.uri": "0/2",
      "media_checksum.scan.uri": "1/2",
      "media_reference.gallery[]": "1/3",
      "media_type.gallery[]": "1/3",
    });
  } finally {
    await session.close();
    await engine.close();
  }
});
