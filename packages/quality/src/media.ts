import { literal, sql, type Fragment } from "@meshwork/sql";
import { any, matches } from "./fragments.ts";

/**
 * Extensions of common objects by media type (IANA's registry, and what is used where it names none). An extension that
 * is not here says nothing about a type.
 */
const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  "application/gzip": ["gz"],
  "application/json": ["json"],
  "application/msword": ["doc"],
  "application/octet-stream": ["bin"],
  "application/pdf": ["pdf"],
  "application/rtf": ["rtf"],
  "application/vnd.apache.parquet": ["parquet"],
  "application/vnd.ms-excel": ["xls"],
  "application/vnd.ms-powerpoint": ["ppt"],
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": ["pptx"],
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ["xlsx"],
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ["docx"],
  "application/xml": ["xml"],
  "application/zip": ["zip"],
  "audio/aac": ["aac"],
  "audio/flac": ["flac"],
  "audio/mp4": ["m4a"],
  "audio/mpeg": ["mp3"],
  "audio/ogg": ["ogg", "oga", "opus"],
  "audio/wav": ["wav"],
  "audio/webm": ["weba"],
  "image/avif": ["avif"],
  "image/bmp": ["bmp"],
  "image/gif": ["gif"],
  "image/heic": ["heic"],
  "image/jpeg": ["jpg", "jpeg"],
  "image/png": ["png"],
  "image/svg+xml": ["svg"],
  "image/tiff": ["tif", "tiff"],
  "image/webp": ["webp"],
  "text/csv": ["csv"],
  "text/html": ["html", "htm"],
  "text/markdown": ["md"],
  "text/plain": ["txt"],
  "video/mp4": ["mp4", "m4v"],
  "video/mpeg": ["mpeg", "mpg"],
  "video/ogg": ["ogv"],
  "video/quicktime": ["mov"],
  "video/webm": ["webm"],
  "video/x-matroska": ["mkv"],
};

const fits = (type: string, allowed: string): boolean =>
  allowed === "*/*" || allowed === type || (allowed.endsWith("/*") && type.startsWith(allowed.slice(0, -1)));

/** Extensions of the allowed types, and of all others that are known. A type without a known one leaves all open. */
export function extensionsOf(types: readonly string[]): { allowed: string[]; others: string[]; open: boolean } {
  const ofType = (wanted: boolean): string[] =>
    Object.entries(EXTENSIONS)
      .filter(([type]) => types.some((each) => fits(type, each)) === wanted)
      .flatMap(([, extensions]) => extensions)
      .sort();
  const open = types.some((type) => type.endsWith("/*") || !Object.hasOwn(EXTENSIONS, type));
  return { allowed: ofType(true), others: ofType(false), open };
}

/** Text inside a regular expression that every engine reads the same. */
const quoted = (text: string): string => text.replaceAll(/[.+*?()[\]{}|$]/g, "[$&]").replaceAll(/[\^\\]/g, "\\$&");

/** A media type of the list, with or without parameters (`text/csv; charset=utf-8`). */
export function typePattern(types: readonly string[]): string {
  const words = types.map((type) => (type.endsWith("/*") ? `${quoted(type.slice(0, -1))}[^ ;/]+` : quoted(type)));
  return `(?i)^ *(${words.join("|")}) *(;.*)?$`;
}

export const endsInOneOf = (reference: Fragment, extensions: readonly string[]): Fragment =>
  matches(reference, `(?i)[.](${extensions.join("|")})([?#].*)?$`);

const ABSOLUTE = "^[A-Za-z][A-Za-z0-9+.-]*:";
/** A way out of a folder, also in the disguise of percent signs; backslashes, control characters, blanks at the ends. */
const UNFIT = [
  "(?i)(^|[/\\\\:]|%2f|%5c)(%2e|[.])(%2e|[.])([/\\\\?#]|%2f|%5c|$)",
  "(?i)%(00|2f|5c)",
  "[\\\\\\x01-\\x1f\\x7f]",
  "^ | $|^$",
];

/**
 * True where a reference leads nowhere, out of its base, or to a scheme that is not allowed. Whole URIs begin with the
 * base; everything else is a path from there and begins with no slash.
 */
export function unfitReference(
  reference: Fragment,
  base: string | undefined,
  schemes: readonly string[] | undefined,
): Fragment {
  const absolute = matches(reference, ABSOLUTE);
  const wrong = UNFIT.map((pattern) => matches(reference, pattern));
  if (base !== undefined) {
    const folder = base.endsWith("/") ? base : `${base}/`;
    const inside = sql`substr(${reference}, 1, ${literal([...folder].length)}) = ${literal(folder)}`;
    wrong.push(sql`(${any([absolute, matches(reference, "^/")])}) AND NOT (${inside})`);
  }
  if (schemes !== undefined) {
    wrong.push(sql`${absolute} AND NOT (${matches(reference, `(?i)^(${schemes.map(quoted).join("|")}):`)})`);
    // With neither, a path leads from nowhere.
    if (base === undefined) wrong.push(sql`NOT (${absolute})`);
  }
  return any(wrong);
}
