import type { Domain, DomainPolicy } from "../model.ts";
import { isPlainName, kebabName, shown } from "../names.ts";
import type { ReadContext } from "../source.ts";
import type { Item, Section } from "../yaml/reader.ts";
import type { DomainFile } from "./domain.schema.ts";
import { SENSITIVITIES } from "./read-column.ts";
import { readDate, readServiceLevels, withoutUndefined } from "./read-values.ts";

const ENFORCEMENTS = ["required", "recommended", "optional"] as const;

/** Reads a `datamesh.io/v1 Domain`. */
export function readDomainFile(file: Section<DomainFile>, context: ReadContext): Domain | undefined {
  file.get("apiVersion");
  file.get("kind");
  const metadata = file.need("metadata").section("The metadata");
  const nameItem = metadata?.need("name");
  const written = nameItem?.text();
  if (nameItem !== undefined && written !== undefined) {
    if (!isPlainName(written)) nameItem.report("bad-name", { what: "a domain", value: shown(written) });
    else if (context.domain !== undefined && kebabName(written) !== kebabName(context.domain)) {
      nameItem.report("name-mismatch", { what: "name", written: shown(written), folder: shown(context.domain) });
    }
  }
  const title = metadata?.get("title").text();
  const description = metadata?.get("description").text();
  metadata?.done();
  const name = context.domain ?? kebabName(written ?? "");
  const spec = file.get("spec").section("The spec");
  const body = spec === undefined ? EMPTY : readSpec(spec, name);
  file.done();
  return name === "" ? undefined : withoutUndefined({ kind: "Domain" as const, name, title, description, ...body });
}

type Spec = NonNullable<DomainFile["spec"]>;
type Body = Omit<Domain, "kind" | "name" | "title" | "description">;

const EMPTY: Body = { capabilities: [], entities: [], policies: [], defaults: { sla: {} } };

function readSpec(spec: Section<Spec>, domain: string): Body {
  const body = withoutUndefined({
    owner: spec.get("owner").text(),
    channel: spec.get("channel").text(),
    capabilities: spec.get("capabilities").texts(),
    boundedContext: spec.get("bounded_context").text(),
    entities: spec.get("entities").texts(),
    policies: readPolicies(spec.get("policies"), [domain]),
    defaults: readDefaults(spec.get("defaults")),
    dbt: readDbt(spec.get("dbt")),
  });
  spec.done();
  return body;
}

function readDbt(item: Item<Spec["dbt"]>): Domain["dbt"] {
  const section = item.section("The dbt project");
  if (section === undefined) return undefined;
  const folder = section.need("project");
  const written = folder.text();
  const project = written?.replace(/^\.\//, "").replace(/\/+$/, "");
  const outside =
    project !== undefined && (/^([/\\]|[A-Za-z]:)/.test(project) || project.split(/[/\\]/).includes(".."));
  if (outside) folder.wrong("a folder of the workspace, like warehouse");
  const products = Object.fromEntries(
    section
      .get("products")
      .entries()
      .map(([name, each]) => [name, each.texts()]),
  );
  section.done();
  return project === undefined || outside
    ? undefined
    : { project: project === "." ? "" : project, products, at: item.path };
}

function readDefaults(item: Item<Spec["defaults"]>): Domain["defaults"] {
  const section = item.section("The defaults");
  if (section === undefined) return { sla: {} };
  const defaults = withoutUndefined({
    sensitivity: section.get("sensitivity").oneOf(SENSITIVITIES),
    sla: readServiceLevels(section.get("sla")),
  });
  section.done();
  return defaults;
}

/** Policies with enforcement; a bare name is a required one. `everywhere` are the domains where none are named. */
export function readPolicies(item: Item<Spec["policies"]>, everywhere: readonly string[]): readonly DomainPolicy[] {
  return item
    .items()
    .map((each): DomainPolicy | undefined => {
      if (!each.isMap) {
        const name = each.listed();
        return name === undefined
          ? undefined
          : { name, enforcement: "required", domains: everywhere, options: {}, at: each.path };
      }
      const section = each.section("The policy");
      if (section === undefined) return undefined;
      const name = section.need("name").text();
      const domains = section.get("domains").texts();
      const options = section.get("options") as Item<Record<string, unknown> | undefined>;
      const policy = withoutUndefined({
        name: name ?? "",
        enforcement: section.get("enforcement").oneOf(ENFORCEMENTS) ?? ("required" as const),
        domains: domains.length === 0 ? everywhere : domains,
        graceUntil: readDate(section.get("grace_until")),
        options: Object.fromEntries(options.entries().map(([key, value]) => [key, value.value()])),
        at: each.path,
      });
      section.done();
      return name === undefined ? undefined : policy;
    })
    .filter((policy) => policy !== undefined);
}
