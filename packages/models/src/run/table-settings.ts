import type { Diagnostic } from "@meshwork/diagnostics";
import type { ConfigValue, ProjectNode } from "../model.ts";
import { sqlCodes } from "../sql.codes.ts";
import { beside } from "./materialize.ts";
import type { Step, Target } from "./materialize.ts";
import { runStep, type Work } from "./perform-steps.ts";

const mapOf = (value: ConfigValue | undefined): Readonly<Record<string, ConfigValue>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, ConfigValue>>)
    : {};
const wordsOf = (value: ConfigValue | undefined): string[] =>
  (Array.isArray(value) ? (value as readonly ConfigValue[]) : value === undefined || value === null ? [] : [value]).map(
    String,
  );

/** Columns and expressions of an index, methods of access: nothing that could end the statement. */
const harmless = /^[\w\s().,"':|]+$/;

/**
 * dbt-postgres' `indexes`, on the table built beside: `{columns, unique, type}` each. Their names are the engine's
 * choice, as the old table's are still there.
 */
export function indexSteps(
  target: Target,
  node: ProjectNode,
): { readonly steps: readonly Step[]; readonly diagnostics: readonly Diagnostic[] } {
  const listed = node.config.all.get("indexes");
  if (target.capabilities.engine !== "postgres" || !Array.isArray(listed)) return { steps: [], diagnostics: [] };
  const fresh = target.dialect.relation(beside(target.relation, "new"));
  const diagnostics: Diagnostic[] = [];
  const steps = (listed as readonly ConfigValue[]).flatMap((entry) => {
    const index = mapOf(entry);
    const columns = wordsOf(index["columns"]);
    const method = index["type"] === undefined || index["type"] === null ? "btree" : String(index["type"]);
    if (columns.length === 0 || !/^\w+$/.test(method) || columns.some((c) => !harmless.test(c))) {
      const params = {
        key: "indexes",
        value: JSON.stringify(entry),
        expected: "{columns: [a, b], unique: true, type: btree}",
        where: `model "${node.name}"`,
      };
      diagnostics.push(sqlCodes.create("bad-config", params, { span: node.place, product: node.product }));
      return [];
    }
    const unique = index["unique"] === true ? "unique " : "";
    return [{ sql: `create ${unique}index on ${fresh} using ${method} (${columns.join(", ")})` }];
  });
  return { steps, diagnostics };
}

const plainRole = /^[a-z_]\w*$/i;

/** Makes a relation's grants what `grants` says, and leaves them alone where it says nothing. @throws {StepError} */
export async function applyGrants(work: Work, node: ProjectNode): Promise<void> {
  const wanted = node.config.all.get("grants");
  const { dialect, capabilities } = work.session;
  if (capabilities.engine !== "postgres" || wanted === undefined) return;
  const name = dialect.relation(node.relation);
  const there = new Set<string>();
  const key = (privilege: string, role: string): string => `${privilege.toLowerCase()} ${role.toLowerCase()}`;
  const result = await work.session.query(
    `select lower(privilege_type), coalesce(grantee::regrole::text, 'public') from (
       select (pg_catalog.aclexplode(relacl)).*, relowner from pg_catalog.pg_class where oid = ${dialect.literal(name)}::regclass
     ) as acl(grantor, grantee_oid, privilege_type, is_grantable, relowner)
     cross join lateral (select nullif(grantee_oid, 0) as grantee) as who
     where grantee_oid <> relowner`,
    { signal: work.signal },
  );
  for (const [privilege, role] of await result.rows()) there.add(key(String(privilege), unquoted(String(role))));
  const role = (text: string): string => (plainRole.test(text) ? text : dialect.identifier(text));
  for (const [privilege, roles] of Object.entries(mapOf(wanted))) {
    const word = privilege.replaceAll(/[^\w ]/g, "");
    const listed = wordsOf(roles);
    const missing = listed.filter((r) => !there.has(key(word, r)));
    if (missing.length > 0) await runStep(work, { sql: `grant ${word} on ${name} to ${missing.map(role).join(", ")}` });
    const kept = new Set(listed.map((r) => key(word, r)));
    for (const entry of there) {
      const [held = "", ...rest] = entry.split(" ");
      if (held !== word.toLowerCase() || kept.has(entry)) continue;
      await runStep(work, { sql: `revoke ${word} on ${name} from ${role(rest.join(" "))}` });
    }
  }
}

const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);
