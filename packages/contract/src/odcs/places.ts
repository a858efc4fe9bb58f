import type { Path } from "@meshwork/diagnostics";

/**
 * Rules speak of a contract in the keys of `datamesh.io/v1`; this is where the same thing stands in a document of the
 * Open Data Contract Standard. The nearest place above counts where the author wrote nothing.
 */
export function odcsPlace(path: Path): Path {
  const [head, key, ...rest] = path;
  if (head === "metadata") return METADATA[String(key)] ?? [];
  if (head === "spec") return SPEC[String(key)] ?? (key === "schema" || key === "ports" ? ["schema", ...rest] : []);
  const named = path.findIndex((step, i) => i > 0 && typeof step === "string" && INSIDE.has(step));
  if (named === -1) return path;
  const at = path.slice(0, named);
  const step = String(path[named]);
  const next = path[named + 1];
  if (step === "constraints")
    return [...at, ...(CONSTRAINTS[String(next)] ?? (next === undefined ? ["logicalTypeOptions"] : []))];
  if (step === "column") return at.slice(0, -2);
  if (step === "assertion" || step === "value") return at;
  if (step === "sql") return [...at, "query"];
  if (step === "deprecated") return at;
  return path;
}

const INSIDE = new Set(["constraints", "column", "assertion", "value", "sql", "deprecated"]);

const METADATA: Readonly<Record<string, Path>> = {
  id: ["id"],
  name: ["name"],
  domain: ["domain"],
  version: ["version"],
  description: ["description", "purpose"],
  status: ["status"],
  tags: ["tags"],
};

const SPEC: Readonly<Record<string, Path>> = {
  owner: ["team"],
  ownership: ["team"],
  use_cases: ["description", "usage"],
  limitations: ["description", "limitations"],
  retention: ["slaProperties"],
  sla: ["slaProperties"],
  access: ["roles"],
  deprecation: ["status"],
  storage: ["schema"],
  quality: ["schema"],
};

const CONSTRAINTS: Readonly<Record<string, Path>> = {
  primary_key: ["primaryKey"],
  primary_key_position: ["primaryKeyPosition"],
  null: ["required"],
  unique: ["unique"],
  classification: ["classification"],
  min_length: ["logicalTypeOptions", "minLength"],
  max_length: ["logicalTypeOptions", "maxLength"],
  min: ["logicalTypeOptions", "minimum"],
  max: ["logicalTypeOptions", "maximum"],
  exclusive_min: ["logicalTypeOptions", "exclusiveMinimum"],
  exclusive_max: ["logicalTypeOptions", "exclusiveMaximum"],
  pattern: ["logicalTypeOptions", "pattern"],
  format: ["logicalTypeOptions", "format"],
  timezone: ["logicalTypeOptions", "defaultTimezone"],
  enum: ["enum"],
  references: ["relationships"],
};
