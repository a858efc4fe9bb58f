import type { Palette } from "@meshwork/diagnostics";
import type { ProductCompat } from "@meshwork/workspace";
import { table } from "./table.ts";

/** Who moved over with a major change, and in which order to deploy it; or what keeps it from being one. */
export function coordinationLines({ verdict, coordination }: ProductCompat, c: Palette): string[] {
  if (coordination === null) return [];
  const moved = coordination.moved.map(
    (m) =>
      `  ${c.ok("moved")} ${m.product}${m.owner ? ` (${m.owner})` : ""}${m.files.length > 0 ? `: ${c.place(m.files.join(", "))}` : ""}`,
  );
  if (verdict === "coordinated")
    return [
      ...moved,
      "  deploy in this order",
      ...table(
        coordination.deployment.map((s) => [
          `    ${s.order}`,
          s.phase,
          s.product,
          `${s.action}${s.after.length > 0 ? c.dim(` (after ${s.after.join(", ")})`) : ""}`,
        ]),
      ),
    ];
  // Where nobody has moved yet, what keeps the change from being coordinated is the change itself.
  return moved.length === 0
    ? []
    : [...moved, ...coordination.hindrances.map((why) => c.dim(`  not coordinated: ${why}`))];
}
