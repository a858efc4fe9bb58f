// Plain in YAML 1.1 and 1.2 alike, and no word that either takes for another type.
const plainScalar = /^[A-Za-z][A-Za-z0-9_.@/ -]*[A-Za-z0-9_.]$|^[A-Za-z]$/;
const otherTypes = /^(true|false|yes|no|on|off|y|n|null|nan|inf)$/i;

/**
 * A value as YAML on one line: `{ name: order_id, constraints: { null: false } }`. Whatever could be read
 * as something else is written as a JSON string, which YAML reads the same way.
 */
export function flowYaml(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return scalar(value);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(", ")}]`;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  if (entries.length === 0) return "{}";
  // `null` as a key of `constraints` is written bare, as the dialect has it.
  return `{ ${entries.map(([k, v]) => `${k === "null" ? k : scalar(k)}: ${flowYaml(v)}`).join(", ")} }`;
}

function scalar(text: string): string {
  if (plainScalar.test(text) && !otherTypes.test(text) && !text.includes("  ")) return text;
  // JSON leaves these three bare, and YAML takes them for line ends or a byte order mark.
  return JSON.stringify(text).replace(
    /[\u0085\u2028\u2029\ufeff\u007f]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
