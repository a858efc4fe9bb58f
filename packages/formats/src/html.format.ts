import type { Contract, ContractColumn, OutputPort } from "@meshwork/contract";
import { typeWordOf, withNested } from "@meshwork/contract";
import type { EmitContext } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";

/**
 * One page that needs nothing else: `<product>.html`, for a wiki or an e-mail. No script, no font, no image, nothing
 * that is loaded; it follows the reader's light or dark setting, and prints.
 */
export const html = defineFormat({
  name: "html",
  summary: "a self-contained page for people (<product>.html)",
  emit: (contract, context) => [
    { path: `${contract.product.replace(/[^\w-]/g, "_") || "product"}.html`, text: page(contract, context) },
  ],
});

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const esc = (text: string): string => text.replaceAll("\0", "\uFFFD").replace(/[&<>"']/g, (c) => entities[c]!);

const style = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem}
h1{margin:0}h2{margin-top:2.5rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{font-weight:600}dd{margin:0}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #8886}
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}`;

function page(contract: Contract, context: EmitContext): string {
  const title = contract.title ?? `${contract.domain}.${contract.product}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${esc(title)}</title>
<style>
${style}
</style>
</head>
<body>
<main>
<h1>${esc(title)}</h1>
${contract.description === undefined ? "" : `<p>${esc(contract.description)}</p>\n`}${list(factsOf(contract))}
${contract.ports.map((port) => portPart(port, context)).join("\n")}
</main>
</body>
</html>
`;
}

type Facts = [name: string, value: string | undefined][];

function list(facts: Facts): string {
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== "");
  return `<dl>\n${known.map(([name, value]) => `<dt>${esc(name)}</dt><dd>${value}</dd>\n`).join("")}</dl>`;
}

/** Values are HTML already: each is escaped where it is made. */
function factsOf(contract: Contract): Facts {
  const words = (values: readonly string[]): string => esc(values.join(", "));
  const gone = contract.deprecation;
  const url = contract.documentationUrl;
  return [
    ["Product", `<code>${esc(`${contract.domain}.${contract.product}`)}</code>`],
    ["Version", esc(`${contract.version} (${contract.status})`)],
    [
      "Deprecated",
      gone &&
        esc(
          ["yes", gone.until && `until ${gone.until}`, gone.replacedBy && `use ${gone.replacedBy}`, gone.reason]
            .filter(Boolean)
            .join(", "),
        ),
    ],
    ["Owner", contract.owner === undefined ? undefined : esc(contract.owner)],
    ...Object.entries(contract.ownership).map(([role, who]): Facts[number] => [
      role.replace(/([A-Z])/g, " $1").replace(/^./, (c) => c.toUpperCase()),
      who === undefined ? undefined : esc(String(who)),
    ]),
    ["Sensitivity", contract.sensitivity && esc(contract.sensitivity)],
    [
      "Kept",
      contract.retention &&
        esc(
          `${contract.retention.period.text}${contract.retention.by === undefined ? "" : ` by ${contract.retention.by}`}`,
        ),
    ],
    ["Service levels", levels(contract.sla)],
    ["Use", words(contract.useCases)],
    ["Limits", contract.limitations && esc(contract.limitations)],
    ["Sources", words(contract.lineage.upstream.map((source) => source.text))],
    ["Expects", words(contract.inputs.map((input) => `${input.name} from ${input.from.text}`))],
    ["Read by", words(contract.lineage.downstream.map((target) => target.text))],
    ["Roles", words(contract.access.roles)],
    ["Policies", words(contract.access.policies)],
    ["Purposes", words(contract.access.purposes)],
    ["Rows for", contract.access.rowFilter && `<code>${esc(contract.access.rowFilter)}</code>`],
    [
      "Storage",
      contract.storage &&
        esc(
          [
            contract.storage.format,
            contract.storage.location,
            contract.storage.encryption,
            ...contract.storage.partitionBy,
          ]
            .filter(Boolean)
            .join(", "),
        ),
    ],
    ["Tags", words(contract.tags)],
    [
      "More",
      url === undefined
        ? undefined
        : /^https?:\/\//i.test(url)
          ? `<a href="${esc(url)}" rel="noreferrer">${esc(url)}</a>`
          : esc(url),
    ],
  ];
}

const levels = (sla: OutputPort["sla"]): string =>
  Object.entries(sla)
    .flatMap(([name, level]: [string, { readonly text: string } | undefined]) =>
      level === undefined ? [] : [esc(`${name} ${level.text}`)],
    )
    .join(", ");

function portPart(port: OutputPort, context: EmitContext): string {
  const rows = [...withNested(port.columns)].map(
    ({ column, path }) =>
      `<tr><td><code>${esc(path)}</code></td><td><code>${esc(column.typeName || typeWordOf(column.type))}</code></td><td>${facts(column)}</td><td>${esc(column.description ?? column.title ?? "")}</td></tr>\n`,
  );
  const checks = port.checks.map(
    (check) =>
      `<li>${esc(check.name)}: ${esc(check.assertion)}${check.column === undefined ? "" : ` of <code>${esc(check.column)}</code>`}${check.severity === "warning" ? " (warning)" : ""}</li>\n`,
  );
  const sla = levels(port.sla);
  return `<section>
<h2>${esc(port.title ?? port.name)}</h2>
<p><code>${esc(context.relation(port))}</code>${port.description === undefined ? "" : ` ${esc(port.description)}`}${sla === "" ? "" : ` (${sla})`}</p>
<div class="table"><table>
<thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Promise</th><th scope="col">Meaning</th></tr></thead>
<tbody>
${rows.join("")}</tbody>
</table></div>
${checks.length === 0 ? "" : `<h3>Checks</h3>\n<ul>\n${checks.join("")}</ul>\n`}</section>`;
}

function facts(column: ContractColumn): string {
  const { constraints: c, embedding: e, media: m, deprecated: gone } = column;
  const bound = (name: string, value: number | string | undefined): string | undefined =>
    value === undefined ? undefined : `${name} ${value}`;
  return [
    c.primaryKey === true ? "key" : undefined,
    column.nullable ? undefined : "required",
    c.unique === true ? "unique" : undefined,
    column.pii ? `personal${column.masking === undefined ? "" : `, masked (${column.masking})`}` : undefined,
    column.classification,
    bound("at least", c.min),
    bound("at most", c.max),
    bound("above", c.exclusiveMin),
    bound("below", c.exclusiveMax),
    bound("shortest", c.minLength),
    bound("longest", c.maxLength),
    bound("like", c.pattern),
    c.format,
    c.timezone,
    c.references === undefined ? undefined : `references ${c.references}`,
    c.enum === undefined ? undefined : `one of ${c.enum.join(", ")}`,
    e === undefined
      ? undefined
      : [
          `${e.dimensions} dimensions`,
          e.model,
          e.modelVersion,
          e.metric,
          e.normalized === true ? "normalised" : undefined,
          e.modality,
        ]
          .filter((part) => part !== undefined)
          .join(", "),
    m === undefined
      ? undefined
      : [
          `refers to ${m.types.join(", ")}`,
          m.base === undefined ? undefined : `below ${m.base}`,
          m.checksum === undefined ? undefined : `${m.checksum.algorithm} in ${m.checksum.column}`,
          m.maxBytes === undefined ? undefined : `at most ${m.maxBytes} bytes`,
        ]
          .filter((part) => part !== undefined)
          .join(", "),
    gone === undefined
      ? undefined
      : `deprecated${gone.until === undefined ? "" : ` until ${gone.until}`}${gone.replacedBy === undefined ? "" : `, use ${gone.replacedBy}`}`,
  ]
    .filter((fact) => fact !== undefined)
    .map((fact) => esc(fact))
    .join("; ");
}
