import type { PublicationInput } from "@meshwork/catalog-api";

export interface Sample {
  readonly version?: string;
  readonly status?: string;
  readonly id?: string;
  readonly description?: string;
  readonly fields?: readonly string[];
  readonly checks?: readonly string[];
  readonly upstream?: readonly string[];
  readonly tags?: readonly string[];
}

/** A small contract of `domain.product`, as an author writes it. */
export function contractText(domain: string, product: string, sample: Sample = {}): string {
  const { version = "1.0.0", status = "active", id, description = "What happened.", tags = [], upstream = [] } = sample;
  const {
    fields = ["{ name: order_id, type: string, constraints: { primary_key: true, null: false } }"],
    checks = [],
  } = sample;
  return `apiVersion: datamesh.io/v1
kind: DataProduct
metadata:
  ${id === undefined ? "" : `id: ${id}`}
  name: ${domain}.${product}
  domain: ${domain}
  version: ${version}
  status: ${status}
  description: ${description}
  tags: [${tags.join(", ")}]
spec:
  owner: team-${domain}@acme.example
  sla: { freshness: 15m }
  schema:
    fields:
${fields.map((field) => `      - ${field}`).join("\n")}
  quality: { checks: [${checks.join(", ")}] }
  lineage: { upstream: [${upstream.join(", ")}] }
`;
}

export const runIds = [
  "0193f7c2-5d0e-4c41-9f5c-2b7f6a1d9e10",
  "0193f7c2-5d0e-4c41-9f5c-2b7f6a1d9e11",
  "0193f7c2-5d0e-4c41-9f5c-2b7f6a1d9e12",
] as const;

export const run = (at: string, runId: string = runIds[0]): NonNullable<PublicationInput["run"]> => ({
  runId,
  startedAt: at,
  endedAt: at,
  status: "completed",
  environment: "dev",
});

export const check = (
  name: string,
  status: "passed" | "failed" | "warning" | "error" | "skipped",
  port = "order_events",
): NonNullable<PublicationInput["checks"]>[number] => ({
  port,
  check: name,
  assertion: "not_null",
  column: "order_id",
  status,
  severity: "error",
});
