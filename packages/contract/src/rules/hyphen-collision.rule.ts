import type { Path } from "@meshwork/diagnostics";
import { folded, tablesOf } from "../columns.ts";
import { defineRule } from "../define-rule.ts";
import type { Report } from "../define-rule.ts";
import { shown } from "../names.ts";

interface Params {
  readonly what: string;
  readonly one: string;
  readonly other: string;
}

export const hyphenCollision = defineRule<Params>({
  code: "hyphen-collision",
  severity: "error",
  message: (p) => `The ${p.what} "${p.one}" and "${p.other}" have the same name in SQL.`,
  help: "rename one: SQL writes _ for - and does not tell upper from lower case",
  check({ contract, source }, report) {
    const nameAt = (at: Path): string | undefined => {
      const name = source.valueAt([...at, "name"]);
      return typeof name === "string" ? name : undefined;
    };
    for (const ports of [contract.ports, contract.inputs]) {
      collide(
        "ports",
        ports.map(({ name, at }) => ({ name: nameAt(at) ?? name, sql: name, at })),
        report,
      );
    }
    for (const { columns } of tablesOf(contract)) {
      collide(
        "columns",
        columns.map(({ name, at }) => ({ name, sql: folded(name), at })),
        report,
      );
    }
  },
});

interface Named {
  readonly name: string;
  readonly sql: string;
  readonly at: Path;
}

function collide(what: string, all: readonly Named[], report: Report<Params>): void {
  const first = new Map<string, Named>();
  for (const each of all) {
    const before = first.get(each.sql);
    if (before === undefined) first.set(each.sql, each);
    else if (before.name !== each.name) {
      const related = [{ message: `"${shown(before.name)}" is here`, path: [...before.at, "name"] }];
      report({ what, one: shown(before.name), other: shown(each.name) }, [...each.at, "name"], { related });
    }
  }
}
