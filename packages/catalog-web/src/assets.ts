import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { script } from "./script.ts";

export interface Asset {
  /** Holds a hash of the text, so that browsers may keep it for ever. */
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

const hashed = (stem: string, extension: string, type: string, text: string): Asset => ({
  name: `${stem}-${createHash("sha256").update(text).digest("hex").slice(0, 10)}.${extension}`,
  type,
  text,
});

let known: { style: Asset; script: Asset } | undefined;

/** The one style sheet and the one script; read on first use. */
export const assets = (): { style: Asset; script: Asset } =>
  (known ??= {
    style: hashed(
      "catalog",
      "css",
      "text/css; charset=utf-8",
      readFileSync(new URL("./style.css", import.meta.url), "utf8"),
    ),
    script: hashed("catalog", "js", "text/javascript; charset=utf-8", script),
  });
