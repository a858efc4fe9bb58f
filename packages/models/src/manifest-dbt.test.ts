import { describe, expect, it } from "vitest";
import { manifest } from "./index.ts";
import { everyResource, recorded } from "./testdata/every-resource.ts";

type Entry = Readonly<Record<string, unknown>>;

const options = { generatedAt: new Date("2026-01-15T12:00:00Z"), invocationId: "run-1", compiled: false };
const ours = JSON.parse(JSON.stringify(manifest(everyResource(), options))) as Readonly<Record<string, Entry>>;
const dbt = recorded<Readonly<Record<string, Entry>>>("dbt-manifest");

const isMap = (value: unknown): value is Entry => typeof value === "object" && value !== null && !Array.isArray(value);
/** Ids in lists of dependencies have no order that means something. */
const settled = (key: string, value: unknown): unknown =>
  Array.isArray(value) && ["nodes", "macros", "parents", "children"].includes(key)
    ? [...(value as string[])].sort()
    : value;
const canonical = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(canonical)
    : isMap(value)
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((k) => [k, canonical(value[k])]),
        )
      : value;

/** The paths at which two entries differ, of what dbt writes. */
function differences(path: string, theirs: unknown, our: unknown): string[] {
  if (isMap(theirs) && isMap(our)) {
    return Object.keys(theirs).flatMap((key) =>
      differences(`${path}.${key}`, settled(key, theirs[key]), settled(key, our[key])),
    );
  }
  return JSON.stringify(canonical(theirs)) === JSON.stringify(canonical(our)) ? [] : [path];
}

/** What remains, as the page on dbt tells it. */
const known: Readonly<Record<string, readonly string[]>> = {
  // The seed's tags are set once in its YAML; dbt lists what it merged into the written settings.
  "seed.shop.countries": ["unrendered_config.tags"],
  "test.shop.positive_stg_orders__amount_.89ad02978f": ["config.tags", "unrendered_config.tags"],
  // The order of its two refs.
  "test.shop.relationships_stg_orders_customer_id__customer_id__ref_raw_orders_.a19dd26147": ["refs"],
  // dbt hashes the whole file that a snapshot in YAML or a hook stands in.
  "snapshot.shop.payments_history": ["checksum.checksum"],
  "operation.shop.shop-on-run-start-0": [
    "checksum.checksum",
    "config.meta.owner",
    "meta.owner",
    "unrendered_config.meta",
  ],
  "operation.shop.shop-on-run-end-0": [
    "checksum.checksum",
    "config.meta.owner",
    "meta.owner",
    "unrendered_config.meta",
  ],
  // dbt gives groups the configuration of models.
  "group.shop.finance": [
    "config.meta.owner",
    "config.materialized",
    "config.persist_docs",
    "config.schema",
    "config.tags",
    "config.group",
  ],
  // What disabled things read is not looked up.
  "model.shop.stg_clicks": ["sources"],
  "exposure.shop.old_report": ["refs", "sources", "metrics"],
  // 3.0 in YAML is 3 here.
  "unit_test.shop.secret_margin.margin_is_a_third": ["checksum"],
};

describe("manifest.json says what dbt's says", () => {
  const entries = Object.entries(dbt)
    .filter(([name]) => name !== "metadata")
    .flatMap(([name, all]) => Object.entries(all).map(([id, entry]) => [`${name}: ${id}`, name, id, entry] as const));

  it.each(entries)("%s", (_, name, id, entry) => {
    const first = (value: unknown): unknown => (name === "disabled" && Array.isArray(value) ? value[0] : value);
    const [theirs, our] = [first(entry), first(ours[name]![id])];
    if (Array.isArray(theirs)) expect([...(our as string[])].sort()).toEqual([...(theirs as string[])].sort());
    else
      expect(
        differences("", theirs, our)
          .map((p) => p.slice(1))
          .sort(),
      ).toEqual([...(known[id] ?? [])].sort());
  });

  it("names nothing that dbt does not", () => {
    for (const [name, all] of Object.entries(dbt)) {
      if (name === "metadata") continue;
      const own = Object.keys(ours[name]!).filter((id) => !/^(?:macro|doc)\.dbt\./.test(id));
      expect(own.sort()).toEqual(Object.keys(all).sort());
    }
  });

  it("says what it is made with", () => {
    expect(ours["metadata"]).toMatchObject(dbt["metadata"]!);
  });
});
