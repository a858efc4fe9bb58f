import * as z from "zod";
import { policy, sensitivity, serviceLevels, texts } from "./value.schema.ts";

/** A domain's file, `datamesh.io/v1 Domain`. */
export const domainFile = z.strictObject({
  apiVersion: z.literal("datamesh.io/v1"),
  kind: z.literal("Domain"),
  metadata: z.strictObject({
    name: z.string().describe("The name of its folder: orders."),
    title: z.string().optional(),
    description: z.string().optional(),
  }),
  spec: z
    .strictObject({
      owner: z.string().optional().describe("An e-mail address of the team."),
      channel: z.string().optional().describe("Where the team can be asked."),
      capabilities: texts.optional().describe("Business capabilities it answers for."),
      bounded_context: z.string().optional(),
      entities: texts.optional().describe("What this domain is the source of truth for."),
      policies: z
        .array(z.union([z.string(), policy]))
        .optional()
        .describe("Of this domain alone."),
      defaults: z
        .strictObject({ sensitivity: sensitivity.optional(), sla: serviceLevels.optional() })
        .optional()
        .describe("For products that say nothing of their own."),
      dbt: z
        .strictObject({
          project: z.string().describe("The folder with dbt_project.yml, from the workspace's root: warehouse."),
          products: z
            .record(z.string(), texts)
            .optional()
            .describe("What each product is made of: folders, models, group:NAME."),
        })
        .optional()
        .describe("A dbt project that dbt itself runs: the products of this domain are parts of it."),
    })
    .optional(),
});

export type DomainFile = z.infer<typeof domainFile>;
