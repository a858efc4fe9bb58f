import { defineChange, shown } from "../define-change.ts";

export const productRenamed = defineChange({
  name: "product-renamed",
  severity: "error",
  find: {
    contract: ({ before, after }) =>
      (["id", "domain", "product", "name"] as const).flatMap((key) =>
        before![key] === after![key]
          ? []
          : [
              {
                effect: "changed" as const,
                path: ["metadata", key === "product" ? "name" : key],
                before: before![key],
                after: after![key],
                message: `the product's ${key} is ${shown(after![key])}, it was ${shown(before![key])}`,
              },
            ],
      ),
  },
  help: "keep the id and the name; publish a second product and deprecate the first",
});
