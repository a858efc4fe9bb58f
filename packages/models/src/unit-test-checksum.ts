import { createHash } from "node:crypto";
import { repr, toPython } from "@meshwork/jinja";
import { versionNumber } from "./manifest-values.ts";
import type { ConfigValue, UnitTest, UnitTestRows } from "./model.ts";

const python = (value: ConfigValue): string => repr(toPython(value));

/** A hash of everything but the description, over the text that dbt hashes, so that states of both compare. */
export function unitTestChecksum(test: UnitTest): string {
  const { macros, vars, env } = test.overrides;
  const given = test.given.map(
    (g) => `UnitTestInputFixture(input=${python(g.input)}, rows=${rows(g.data)}, ${form(g.data)})`,
  );
  const expected = `UnitTestOutputFixture(rows=${rows(test.expect)}, ${form(test.expect)})`;
  const list = (values: readonly string[] | undefined): string =>
    values === undefined ? "None" : python(values.map(versionNumber));
  const versions =
    test.versions === undefined
      ? "None"
      : `UnitTestNodeVersions(include=${list(test.versions.include)}, exclude=${list(test.versions.exclude)})`;
  const map = (entries: ReadonlyMap<string, ConfigValue>): string => python(Object.fromEntries(entries));
  const overrides =
    macros.size + vars.size + env.size === 0
      ? "None"
      : `UnitTestOverrides(macros=${map(macros)}, vars=${map(vars)}, env_vars=${map(env)})`;
  let text = `${test.modelName}-${versions}-[${given.join(", ")}]-${expected}-${overrides}`;
  for (const input of test.given) if (input.data.fixture !== undefined) text += `-${rows(input.data)}`;
  return createHash("sha256").update(text).digest("hex");
}

const rows = (data: UnitTestRows): string =>
  data.format === "sql" ? python(data.sql) : python(data.rows.map((r) => ({ ...r })));

function form(data: UnitTestRows): string {
  const format = data.format === "sql" ? "sql" : data.csv ? "csv" : "dict";
  const name = { sql: "SQL", csv: "CSV", dict: "Dict" }[format];
  return `format=<UnitTestFormat.${name}: '${format}'>, fixture=${data.fixture === undefined ? "None" : python(data.fixture)}`;
}
