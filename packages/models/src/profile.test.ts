import { describe, expect, it } from "vitest";
import { readProfile } from "./index.ts";

const text = `
shop:
  target: "{{ env_var('TARGET', 'dev') }}"
  outputs:
    dev: {type: duckdb, path: /data/lake.duckdb, threads: 4}
    prod:
      type: postgres
      host: "{{ env_var('PG_HOST') }}"
      dbname: analytics
      schema: marts
      port: "{{ env_var('PG_PORT', '5432') | as_number }}"
`;
const read = (choice: { profile?: string; target?: string; env?: Record<string, string> } = {}) =>
  readProfile(text, { profile: "shop", env: {}, ...choice });

describe("a profile", () => {
  it("is the one of its own target, as DuckDB names it", () => {
    const { profile, diagnostics } = read();
    expect(diagnostics).toEqual([]);
    expect(profile).toMatchObject({ target: "dev", type: "duckdb", schema: "main", database: "lake", threads: 4 });
  });

  it("follows the environment and the caller's target", () => {
    expect(read({ env: { TARGET: "prod", PG_HOST: "db" } }).profile!.settings.get("host")).toBe("db");
    const { profile } = read({ target: "prod", env: { PG_HOST: "db" } });
    expect(profile).toMatchObject({ database: "analytics", schema: "marts" });
    expect(Number(profile!.settings.get("port"))).toBe(5432);
  });

  it.each([
    [{ profile: "shpo" }, 'did you mean "shop"'],
    [{ target: "prd" }, 'did you mean "prod"'],
    [{ target: "prod" }, "PG_HOST is not set"],
    [{ target: "prod", env: Object.create({ PG_HOST: "inherited" }) as Record<string, string> }, "PG_HOST is not set"],
  ])("says what is wrong with %j", (choice, words) => {
    const { profile, diagnostics } = read(choice);
    expect(profile).toBeUndefined();
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]!.message).toContain(words);
    expect(diagnostics[0]!.span).toMatchObject({ file: "profiles.yml" });
  });
});
