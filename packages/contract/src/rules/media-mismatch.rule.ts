import type { Path } from "@meshwork/diagnostics";
import { tablesOf } from "../columns.ts";
import { defineRule } from "../define-rule.ts";
import type { Report } from "../define-rule.ts";
import type { ContractColumn, Media } from "../model.ts";
import { shown } from "../names.ts";

interface Params {
  readonly column: string;
  readonly reason: string;
}

/** Digits of each digest, written in hexadecimal. */
export const DIGEST_DIGITS: Readonly<Record<NonNullable<Media["checksum"]>["algorithm"], number>> = {
  md5: 32,
  sha1: 40,
  sha256: 64,
  sha512: 128,
};

export const mediaMismatch = defineRule<Params>({
  code: "media-mismatch",
  severity: "error",
  message: (p) => `What the column "${p.column}" says of its objects cannot be kept: ${p.reason}.`,
  help: "correct the key, or add the column that it names",
  check({ contract }, report) {
    for (const { columns } of tablesOf(contract)) ofColumns(columns, report);
  },
});

function ofColumns(columns: readonly ContractColumn[], report: Report<Params>): void {
  for (const column of columns) {
    if (column.media !== undefined) ofMedia(column, column.media, columns, report);
    if (column.element !== undefined) ofColumns([column.element], report);
    else if (column.fields !== undefined) ofColumns(column.fields, report);
  }
}

/** A type of RFC 6838, or all of one kind. */
const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,126})$/;
const SCHEME = /^[a-z][a-z0-9+.-]*$/;

function ofMedia(
  column: ContractColumn,
  media: Media,
  beside: readonly ContractColumn[],
  report: Report<Params>,
): void {
  const at = [...column.at, "media"];
  const tell = (reason: string, path: Path): void => report({ column: shown(column.name), reason }, path);
  media.types.forEach((type, i) => {
    if (!TYPE.test(type)) tell(`"${shown(type)}" is no media type such as image/png or image/*`, [...at, "types", i]);
  });
  media.schemes?.forEach((scheme, i) => {
    if (!SCHEME.test(scheme)) tell(`"${shown(scheme)}" is no scheme such as s3 or https`, [...at, "schemes", i]);
  });
  const wrong = media.base === undefined ? undefined : wrongBase(media.base, media.schemes);
  if (wrong !== undefined) tell(wrong, [...at, "base"]);
  const named = (name: string | undefined, path: Path, kinds: readonly string[], what: string): void => {
    if (name === undefined) return;
    const found = beside.find((each) => each.name === name && each !== column);
    if (found === undefined) tell(`there is no column "${shown(name)}" beside it`, path);
    else if (!kinds.includes(found.type.kind)) tell(`the column "${shown(name)}" holds no ${what}`, path);
  };
  named(media.typeColumn, [...at, "type_column"], ["string"], "text");
  named(media.sizeColumn, [...at, "size_column"], ["integer", "decimal"], "whole numbers");
  const { checksum } = media;
  if (checksum === undefined) return;
  const place = [...at, "checksum", "column"];
  named(checksum.column, place, ["string"], "text");
  const digits = DIGEST_DIGITS[checksum.algorithm];
  const longest = beside.find((each) => each.name === checksum.column)?.constraints.maxLength;
  if (longest !== undefined && longest < digits)
    tell(
      `a ${checksum.algorithm} digest has ${digits} digits, and "${shown(checksum.column)}" takes ${longest}`,
      place,
    );
}

function wrongBase(base: string, schemes: readonly string[] | undefined): string | undefined {
  if (base.trim() === "") return "its base is empty";
  const segments = base.split(/[/\\]/);
  if (segments.includes("..")) return 'its base leads out of its folder by ".."';
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(base)?.[1]?.toLowerCase();
  if (scheme === undefined || schemes === undefined || schemes.includes(scheme)) return undefined;
  return `its base has the scheme ${scheme}, which "schemes" does not allow`;
}
