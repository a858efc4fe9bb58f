import type { Path } from "@meshwork/diagnostics";

/** Where a contract of the Data Contract Specification says what rules name in the keys of `datamesh.io/v1`. */
export function dcsPlace(path: Path): Path {
  const [head, key] = path;
  if (head === "metadata") return METADATA[String(key)] ?? ["info"];
  if (head === "spec") return SPEC[String(key)] ?? [];
  const last = path.at(-1);
  // A field's name is the key that it stands under.
  if (last === "name") return path.slice(0, -1);
  const named = path.lastIndexOf("constraints");
  if (named !== -1) return [...path.slice(0, named), ...(CONSTRAINTS[String(path[named + 1])] ?? [])];
  const at = path.findIndex((step, i) => i > 2 && (step === "column" || step === "assertion" || step === "value"));
  return at === -1 ? path : path.slice(0, at);
}

const METADATA: Readonly<Record<string, Path>> = {
  id: ["id"],
  name: ["info", "title"],
  version: ["info", "version"],
  description: ["info", "description"],
  status: ["info", "status"],
  tags: ["tags"],
};

const SPEC: Readonly<Record<string, Path>> = {
  owner: ["info", "owner"],
  ownership: ["info", "owner"],
  use_cases: ["terms", "usage"],
  limitations: ["terms", "limitations"],
  retention: ["servicelevels", "retention"],
  sla: ["servicelevels"],
  schema: ["models"],
  ports: ["models"],
  deprecation: ["info", "status"],
};

const CONSTRAINTS: Readonly<Record<string, Path>> = {
  primary_key: ["primaryKey"],
  null: ["required"],
  unique: ["unique"],
  min_length: ["minLength"],
  max_length: ["maxLength"],
  min: ["minimum"],
  max: ["maximum"],
  exclusive_min: ["exclusiveMinimum"],
  exclusive_max: ["exclusiveMaximum"],
  pattern: ["pattern"],
  format: ["format"],
  enum: ["enum"],
  references: ["references"],
  pii: ["pii"],
  classification: ["classification"],
};
