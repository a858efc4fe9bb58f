import { expect, it } from "vitest";
import { linted, ruleMesh } from "../testdata/rule-mesh.ts";

const code = "contract/upstream-cycle";
const reads = (name: string) => ({ spec: `lineage: { upstream: [${name}] }` });

it("shows whichever member is linted, from its own side and at its own line", async () => {
  const root = ruleMesh({ "a.x": reads("b.y"), "b.y": reads("c.z"), "c.z": reads("a.x"), "d.lone": reads("a.x") });
  const rings = {
    "a.x": "a.x -> b.y -> c.z -> a.x",
    "b.y": "b.y -> c.z -> a.x -> b.y",
    "c.z": "c.z -> a.x -> b.y -> c.z",
  };
  for (const [name, ring] of Object.entries(rings)) {
    const [found, ...rest] = await linted(code, root, [name]);
    expect(rest).toEqual([]);
    expect(found!.message).toContain(`in a circle: ${ring}.`);
    expect(found!.at).toBe(`domains/${name.replace(".", "/")}/data-product-contract.yaml:6`);
  }
  expect(await linted(code, root, ["d.lone"])).toEqual([]);
  expect((await linted(code, root)).map((f) => f.product)).toEqual(["a.x", "b.y", "c.z"]);
});

it("tells a long ring by its beginning", async () => {
  const size = 30;
  const ring = Object.fromEntries(Array.from({ length: size }, (_, i) => [`a.p${i}`, reads(`a.p${(i + 1) % size}`)]));
  const found = await linted(code, ruleMesh(ring));
  expect(found).toHaveLength(size);
  expect(found[0]!.message).toMatch(/: a\.p0 -> .* -> \(18 more\) -> a\.p0\.$/);
});
