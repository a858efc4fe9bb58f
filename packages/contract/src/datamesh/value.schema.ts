import * as z from "zod";

/** Values that several files of the `datamesh.io/v1` family have in common. */

/** Some text or a list of texts. */
export const texts = z.union([z.string(), z.array(z.string())]);

export const duration = z.string().meta({
  id: "duration",
  description: "A length of time: 15m, 90 days, 1h30m, 4 hours, PT15M.",
  examples: ["15m", "24h", "730d"],
});

export const share = z
  .union([z.string(), z.number()])
  .meta({ id: "share", description: "A share: 99.9% or 0.999.", examples: ["99.9%", 0.999] });

export const date = z.string().meta({ description: "A date: 2027-03-31.", examples: ["2027-03-31"] });

export const sensitivity = z
  .enum(["public", "internal", "confidential", "restricted"])
  .meta({ id: "sensitivity", description: "Who may know it, from everybody to a named few." });

export const serviceLevels = z
  .strictObject({
    freshness: duration.optional().describe("How old the newest data may be."),
    availability: share.optional().describe("Share of the time that the port can be read."),
    completeness: share.optional().describe("Share of the expected rows that are there."),
    accuracy: share.optional().describe("Share of the values that are right."),
    latency: duration.optional().describe("Time from the event to its row."),
  })
  .meta({ id: "sla", description: "What consumers may rely on." });

export const policy = z
  .strictObject({
    name: z.string().describe("pii-masking, encryption-at-rest, data-lineage … or one of your own."),
    enforcement: z.enum(["required", "recommended", "optional"]).optional().describe("required where absent."),
    domains: texts.optional().describe("Domains it applies to; all where absent."),
    grace_until: date.optional().describe("Until this date it only warns."),
    options: z.record(z.string(), z.unknown()).optional().describe("What the policy's own page lists."),
  })
  .meta({ id: "policy" });

/** A plain value, or where to find it: secrets and what differs between environments are never in the file. */
export const setting = z
  .union([
    z.string(),
    z.number(),
    z.boolean(),
    z.strictObject({ env: z.string() }),
    z.strictObject({ file: z.string() }),
  ])
  .meta({ id: "setting", description: "A value, or { env: NAME } or { file: PATH } for what is secret or differs." });
