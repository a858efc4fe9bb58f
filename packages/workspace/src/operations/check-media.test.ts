import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkFiles } from "../index.ts";
import { contract, put, scratchMesh } from "../testdata/scratch-mesh.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const photo =
  "name: photo, type: media, media: { types: [image/png], base: 's3://shop/photos', checksum: { column: digest } }";

it("objects on disk are compared with their digests, and nothing outside the folder is read", async () => {
  const rows: [string, string | null][] = [
    ["a.png", sha256("a")],
    ["s3://shop/photos/deep/b.png", sha256("b").toUpperCase()],
    ["changed.png", sha256("before")],
    ["gone.png", sha256("x")],
    ["link.png", sha256("secret")],
    ["../secret.png", sha256("secret")],
    ["deep", sha256("x")],
    ["without.png", null],
  ];
  const root = scratchMesh({
    "contract.yaml": contract("shop.items", { fields: [photo, "name: digest, type: string"], checks: [] }),
    "rows.json": rows.map(([p, digest]) => JSON.stringify({ photo: p, digest })).join("\n"),
  });
  mkdirSync(join(root, "photos/deep"), { recursive: true });
  put(root, {
    "photos/a.png": "a",
    "photos/deep/b.png": "b",
    "photos/changed.png": "after",
    "photos/without.png": "w",
    "secret.png": "secret",
  });
  symlinkSync(join(root, "secret.png"), join(root, "photos/link.png"));
  const options = { cwd: root, root, contract: "contract.yaml", data: ["rows.json"], rows: 20 };
  const plain = await checkFiles(options);
  expect(plain.results.map((r) => r.check)).not.toContain("media_content.photo");
  const done = await checkFiles({ ...options, media: "photos" });
  const content = done.results.find((r) => r.check === "media_content.photo")!;
  expect(content).toMatchObject({ status: "failed", failing: 6, total: 8, code: "check/media-checksum" });
  expect(Object.fromEntries(content.sample!.rows as [string, string][])).toEqual({
    "../secret.png": "it leads out of the base",
    "changed.png": "its bytes have another digest",
    deep: "it is no file",
    "gone.png": "it is not there",
    "link.png": "it leads out of the folder",
    "without.png": "there is no digest",
  });
  const told = done.diagnostics.filter((d) => d.message.includes("objects without bytes in"));
  expect(told).toMatchObject([{ code: "check/media-checksum", severity: "error", span: { file: "contract.yaml" } }]);
});
