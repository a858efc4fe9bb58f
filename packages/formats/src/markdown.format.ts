import type { ContractColumn, OutputPort } from "@meshwork/contract";
import { typeWordOf, withNested } from "@meshwork/contract";
import { defineFormat } from "./define-format.ts";

/** One page for people: who owns the product, what it promises, its columns. `<product>.md`. */
export const markdown = defineFormat({
  name: "markdown",
  summary: "a page for people (<product>.md)",
  emit(contract, { relation }) {
    const facts: [string, string | undefined][] = [
      ["Version", `${contract.version} (${contract.status})`],
      ["Owner", contract.owner],
      ["Sensitivity", contract.sensitivity],
      [
        "Kept",
        contract.retention &&
          `${contract.retention.period.text}${contract.retention.by === undefined ? "" : ` by ${contract.retention.by}`}`,
      ],
      ["Service levels", levels(contract.sla)],
      ["Use", contract.useCases.join(", ")],
      ["Limits", contract.limitations],
      ["Sources", contract.lineage.upstream.map((source) => source.text).join(", ")],
      ["More", contract.documentationUrl],
    ];
    const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== "");
    const head = [
      `# ${plain(contract.title ?? `${contract.domain}.${contract.product}`)}`,
      ...(contract.description === undefined ? [] : [plain(contract.description)]),
    ];
    const list = known.map(([name, value]) => `- **${name}**: ${plain(value)}`).join("\n");
    const ports = contract.ports.map((port) => portPart(port, relation(port)));
    return [
      { path: `${contract.product.replace(/[^\w-]/g, "_")}.md`, text: `${[...head, list, ...ports].join("\n\n")}\n` },
    ];
  },
});

function portPart(port: OutputPort, relation: string): string {
  const rows = [...withNested(port.columns)].map(
    ({ column, path }) =>
      `| ${[cell(path), cell(typeText(column)), facts(column), cell(column.description ?? column.title ?? "")].join(" | ")} |`,
  );
  const checks = port.checks.map(
    (check) =>
      `- ${plain(check.name)}: ${plain(check.assertion)}${check.column === undefined ? "" : ` of ${plain(check.column)}`}${check.severity === "warning" ? " (warning)" : ""}`,
  );
  return [
    `## ${plain(port.name)}\n\nRelation \`${relation.replaceAll("`", "'")}\`.${port.description === undefined ? "" : ` ${plain(port.description)}`}`,
    `| column | type | | meaning |\n|---|---|---|---|\n${rows.join("\n")}`,
    ...(checks.length === 0 ? [] : [`Checks:\n\n${checks.join("\n")}`]),
  ].join("\n\n");
}

const typeText = (column: ContractColumn): string => column.typeName || typeWordOf(column.type);

function facts(column: ContractColumn): string {
  const { constraints: c } = column;
  const found = [
    c.primaryKey === true ? "key" : undefined,
    column.nullable ? undefined : "required",
    c.unique === true ? "unique" : undefined,
    column.pii ? `personal${column.masking === undefined ? "" : `, masked (${column.masking})`}` : undefined,
    c.references === undefined ? undefined : `references ${c.references}`,
    c.enum === undefined ? undefined : `one of ${c.enum.join(", ")}`,
    column.media === undefined ? undefined : `refers to ${column.media.types.join(", ")}`,
    column.deprecated === undefined
      ? undefined
      : `deprecated${column.deprecated.until === undefined ? "" : ` until ${column.deprecated.until}`}`,
  ];
  return cell(found.filter((fact) => fact !== undefined).join("; "));
}

function levels(sla: OutputPort["sla"]): string {
  return Object.entries(sla)
    .flatMap(([name, level]: [string, { readonly text: string } | undefined]) =>
      level === undefined ? [] : [`${name} ${level.text}`],
    )
    .join(", ");
}

/** An author's text as text: no markup, no HTML, one paragraph. */
const plain = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_[\]<>#]/g, (c) =>
      c === "<" ? "&lt;" : c === ">" ? "&gt;" : c === "_" || c === "#" ? c : `\\${c}`,
    );

const cell = (text: string): string => plain(text).replaceAll("|", "\\|");
