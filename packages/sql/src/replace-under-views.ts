import type { Relation } from "./relation.ts";

export interface Replacement {
  readonly relation: Relation;
  readonly kind: "table" | "view";
  /** What puts the new relation in its place once the old one is gone. */
  readonly successor: readonly string[];
}

interface Printer {
  relation(relation: Relation): string;
  literal(value: string): string;
}

/**
 * One replacement at a time in a database, until its transaction ends: two that drop the same view from different ends
 * would wait for each other. Numbers that no other software is likely to lock: "mesh" in ASCII, and the first lock.
 */
const replacing = [0x6d657368, 1];

/** PL/pgSQL in quotes that the text itself does not hold. */
function block(text: string): string {
  let tag = "mesh";
  while (text.includes(`$${tag}$`)) tag += "_";
  return `do $${tag}$\n${text}\n$${tag}$`;
}

/**
 * PostgreSQL ties a view to what it reads: a relation cannot be dropped from under it. One statement drops the relation
 * and all views above it, puts the new one in its place, and makes the views again as they were: definition, options,
 * comment, grants, owner, the rows and indexes of materialized ones. A view that the new relation no longer carries
 * (it reads a column that is gone) is left out, as dbt leaves out all of them.
 */
export function replaceUnderViews({ relation, kind, successor }: Replacement, print: Printer): string {
  const name = print.relation(relation);
  return block(`declare
  views jsonb := '[]';
  held record;
  entry record;
  command text;
begin
  perform pg_catalog.pg_advisory_xact_lock(${replacing.join(", ")});
  for held in
    with recursive readers as (
      select to_regclass(${print.literal(name)})::oid as oid, 0 as depth
      union
      select r.ev_class, d.depth + 1
      from readers d
      join pg_catalog.pg_depend p on p.refclassid = 'pg_catalog.pg_class'::regclass and p.refobjid = d.oid
        and p.classid = 'pg_catalog.pg_rewrite'::regclass
      join pg_catalog.pg_rewrite r on r.oid = p.objid and r.ev_class <> d.oid
      where d.depth < 200
    )
    select format('%I.%I', n.nspname, c.relname) as name, c.relkind = 'm' as kept,
      pg_catalog.pg_get_viewdef(c.oid) as body, c.relacl as acl, c.relowner as owner,
      pg_catalog.array_to_string(c.reloptions, ', ') as options, pg_catalog.obj_description(c.oid, 'pg_class') as comment,
      array(select pg_catalog.pg_get_indexdef(i.indexrelid) from pg_catalog.pg_index i where i.indrelid = c.oid) as indexes
    from (select oid, max(depth) as depth from readers where depth > 0 group by oid) x
    join pg_catalog.pg_class c on c.oid = x.oid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm') and c.relpersistence <> 't'
    order by x.depth, 1
  loop
    views := views || pg_catalog.to_jsonb(held);
  end loop;
  drop ${kind} if exists ${name} cascade;
${successor.map((statement) => `  ${statement};`).join("\n")}
  for held in
    select * from pg_catalog.jsonb_to_recordset(views) as v(name text, kept boolean, body text, acl aclitem[], owner oid,
      options text, comment text, indexes text[])
  loop
    begin
      execute format('create %s %s%s as %s', case when held.kept then 'materialized view' else 'view' end, held.name,
        ' with (' || held.options || ')', held.body);
    exception when others then
      continue;
    end;
    foreach command in array held.indexes loop
      execute command;
    end loop;
    if held.comment is not null then
      execute format('comment on %s %s is %L', case when held.kept then 'materialized view' else 'view' end, held.name, held.comment);
    end if;
    for entry in select * from pg_catalog.aclexplode(held.acl) where grantee <> held.owner loop
      execute format('grant %s on %s to %s%s', entry.privilege_type, held.name,
        case entry.grantee when 0 then 'public' else format('%I', pg_catalog.pg_get_userbyid(entry.grantee)) end,
        case when entry.is_grantable then ' with grant option' else '' end);
    end loop;
    if held.owner <> current_user::regrole::oid then
      execute format('alter table %s owner to %I', held.name, pg_catalog.pg_get_userbyid(held.owner));
    end if;
  end loop;
end`);
}
