import type { ContractColumn } from "@meshwork/contract";
import { snakeName, withNested } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { GovernedProduct } from "./define-policy.ts";
import { nameOf } from "./define-policy.ts";
import { meshwideArea } from "./policy-area.ts";

/** Names by which columns are called that hold personal data, and what they hold. */
const looks: readonly (readonly [RegExp, string])[] = [
  [/^(?:\w+_)?(?:e_?mail|mail)(?:_address|_addr)?$/, "an e-mail address"],
  [/^(?:\w+_)?(?:phone|telephone|mobile|cell_phone|msisdn|fax)(?:_(?:number|no|nr))?$/, "a phone number"],
  [
    /^(?:\w+_)?(?:ssn|social_security(?:_number|_no)?|national_id|tax_id|tin|passport(?:_number|_no)?|drivers?_licen[cs]e(?:_number|_no)?)$/,
    "an identity number",
  ],
  [/^(?:\w+_)?(?:first|last|given|family|middle|maiden|full|sur)_?name$/, "a person's name"],
  [/^(?:\w+_)?(?:birth_?date|date_of_birth|birth_?day|dob)$/, "a date of birth"],
  [/^(?:\w+_)?(?:street|street_address|home_address|postal_address|mailing_address)$/, "an address"],
  [/^(?:\w+_)?(?:ip|ip_address|ip_addr|ipv4|ipv6)$/, "an IP address"],
  [
    /^(?:\w+_)?(?:iban|credit_card(?:_number|_no)?|card_number|bank_account(?:_number|_no)?)$/,
    "an account or card number",
  ],
];

// A flag, a count or a nested record is not the value itself.
const holdsValues = new Set<ContractColumn["type"]["kind"]>([
  "string",
  "integer",
  "decimal",
  "date",
  "json",
  "opaque",
  "binary",
]);

/** What a column holds of a person by its name and type, in words; undefined where nothing speaks for it. */
export function personalLook(column: Pick<ContractColumn, "name" | "type">): string | undefined {
  if (!holdsValues.has(column.type.kind)) return undefined;
  const name = snakeName(column.name);
  if (/^(?:has|is|can|may|count|num|number_of)_/.test(name)) return undefined;
  return looks.find(([pattern]) => pattern.test(name))?.[1];
}

/**
 * Columns whose name says that they hold personal data, and that are neither declared (`pii`) nor masked.
 * `classification: public` is how an author says that it is none.
 */
export function undeclaredPii({ contract, source }: GovernedProduct): Diagnostic[] {
  return contract.ports.flatMap((port) =>
    [...withNested(port.columns)].flatMap(({ column, path }) => {
      if (column.pii || column.masking !== undefined || column.classification === "public") return [];
      const looksLike = personalLook(column);
      if (looksLike === undefined) return [];
      const place = [...column.at, "name"];
      const params = { column: path, port: port.name, looksLike };
      return [
        meshwideArea.create("undeclared-pii", params, {
          product: nameOf(contract),
          path: place,
          span: () => source.spanOf(place),
        }),
      ];
    }),
  );
}
