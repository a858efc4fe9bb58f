import * as z from "zod";
import { conventions } from "../model.ts";
import { date, policy, setting, texts } from "./value.schema.ts";

const target = z.looseObject({
  engine: z.string().describe("duckdb, postgres, trino or dbt."),
  path: z.string().optional().describe("Of duckdb: where the lake lies, relative to the workspace."),
  production: z.boolean().optional().describe("pii-masking and the like ask for this."),
  write_from: texts.optional().describe("Git refs that may write: refs/heads/main."),
});

const publishTarget = z.looseObject({
  kind: z.string().describe("meshwork, openlineage …"),
  url: setting.optional(),
  key: setting.optional(),
});

const convention = z.enum(conventions).optional();

const ignore = z.strictObject({
  rule: z.string().describe("A code, a category or an area: contract/description-missing, naming, policy/*."),
  product: z.string().optional().describe("<domain>.<product>; all products where absent."),
  reason: z.string(),
  until: date.optional().describe("After this date the findings come back."),
});

/** The organisation's one file, `datamesh.io/v1 Mesh`. */
const approval = z
  .strictObject({
    rule: z.string().describe("compat/classification-raised …"),
    product: z.string().describe("domain.product"),
    version: z.string().describe("The version that brings the change."),
    column: z.string().optional().describe("Of one column only."),
    by: z.string().describe("Who agrees: the steward, where the contract names one."),
    reason: z.string().optional(),
  })
  .meta({ id: "approval" });

export const meshFile = z.strictObject({
  apiVersion: z.literal("datamesh.io/v1"),
  kind: z.literal("Mesh"),
  metadata: z.strictObject({ name: z.string(), title: z.string().optional(), description: z.string().optional() }),
  spec: z
    .strictObject({
      npm_scope: z.string().optional().describe("Of the domains' packages: @acme."),
      domains: texts.optional().describe("Where domain.yaml files are: domains/*."),
      naming: z
        .strictObject({
          relation: z.string().optional().describe("{port}_v{major}"),
          schema: z.string().optional().describe("{domain}"),
          columns: convention.describe("How columns are called: snake_case, camelCase, PascalCase, kebab-case, lower."),
          ports: convention.describe("How ports are called."),
          products: convention.describe("How products' folders are called."),
        })
        .optional(),
      default_target: z.string().optional(),
      targets: z.record(z.string(), target).optional(),
      policies: z.array(z.union([z.string(), policy])).optional(),
      rules: z
        .record(z.string(), z.enum(["off", "info", "warning", "error"]))
        .optional()
        .describe("Grades by code, category or area: contract/owner-email, naming, policy/*; the first of these wins."),
      ignore: z.array(ignore).optional(),
      publish: z.record(z.string(), publishTarget).optional(),
      compatibility: z
        .strictObject({
          mode: z.string().optional().describe("keep-readers where absent."),
          transitive: z.boolean().optional().describe("Against every earlier version of the same major, too."),
          strict: z.boolean().optional().describe("Widened types are major."),
          positional: z.boolean().optional().describe("Readers take columns by position: moved ones are major."),
          levels: z
            .record(z.string(), z.enum(["major", "minor", "patch", "none"]))
            .optional()
            .describe("Levels by code in place of the usual ones: compat/column-moved: major."),
          approvals: z.array(approval).optional().describe("Agreements to changes that need one."),
          sunset_after: z
            .string()
            .optional()
            .describe("How long an older major version lives on when the next one is started: 180d."),
        })
        .optional(),
    })
    .optional(),
});

export type MeshFile = z.infer<typeof meshFile>;
