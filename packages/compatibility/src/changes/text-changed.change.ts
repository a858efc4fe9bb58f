import type { Path } from "@meshwork/diagnostics";
import type { Finding } from "../define-change.ts";
import { canonical, defineChange, shown } from "../define-change.ts";

const words = (key: string): string => key.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);

const text = (before: unknown, after: unknown, of: string, path?: Path): Finding[] =>
  canonical(before) === canonical(after)
    ? []
    : [{ effect: "neutral", before, after, message: `${of} changed`, ...(path === undefined ? {} : { path }) }];

export const textChanged = defineChange({
  name: "text-changed",
  severity: "info",
  find: {
    contract: ({ before, after }) =>
      (
        [
          ["title", ["metadata", "title"]],
          ["description", ["metadata", "description"]],
          ["tags", ["metadata", "tags"]],
          ["documentationUrl", ["metadata", "documentation_url"]],
          ["previousVersions", ["metadata", "previous_versions"]],
          ["useCases", ["spec", "use_cases"]],
          ["limitations", ["spec", "limitations"]],
        ] as const
      ).flatMap(([key, path]) => text(before![key], after![key], `${words(key)} of the product`, path)),
    port: ({ before, after, place }) =>
      before && after
        ? (["title", "description", "schemaType"] as const).flatMap((key) =>
            text(before[key], after[key], `${words(key)} of port ${shown(place.port)}`),
          )
        : undefined,
    input: ({ before, after, place }) =>
      before && after
        ? text(before.description, after.description, `description of input ${shown(place.input)}`)
        : undefined,
    column: ({ before, after, place }) =>
      before && after
        ? [
            ...(["title", "description", "tags", "examples"] as const).flatMap((key) =>
              text(before[key], after[key], `${words(key)} of column ${shown(place.column)}`),
            ),
            ...(before.name === after.name
              ? text(before.renamedFrom, after.renamedFrom, `former name of column ${shown(place.column)}`)
              : []),
          ]
        : undefined,
    check: ({ before, after, place }) =>
      before && after
        ? (["name", "description", "dimension"] as const).flatMap((key) =>
            text(before[key], after[key], `${words(key)} of check ${shown(place.check)}`),
          )
        : undefined,
  },
});
