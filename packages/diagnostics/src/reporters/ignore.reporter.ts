import type { Reporter } from "../report.ts";
import { inReadingOrder } from "../report.ts";

/**
 * Entries for `ignore` of mesh.yaml that accept what was found, one a code and product. The reason is left for a person
 * to write: an entry says why.
 */
export const ignore: Reporter = (report, context) => {
  const wanted = inReadingOrder(report.diagnostics).filter((d) => !context.quiet || d.severity === "error");
  const counts = new Map<string, number>();
  for (const d of wanted) {
    const product = d.product === undefined ? "" : `product: ${JSON.stringify(d.product)}, `;
    const entry = `rule: ${d.code}, ${product}reason: ""`;
    counts.set(entry, (counts.get(entry) ?? 0) + 1);
  }
  if (counts.size === 0) return "";
  const lines = [...counts].map(([entry, n]) => `    - { ${entry} }${n > 1 ? `  # ${n} findings` : ""}`);
  return `# Below spec of mesh.yaml; give each a reason, and an end (until: 2027-03-31) where it has one.\n  ignore:\n${lines.join("\n")}\n`;
};
