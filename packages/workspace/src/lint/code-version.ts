import { hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

let known: string | undefined;

/**
 * A hash of Meshwork's own code: what one version has found is nothing to another. The build leaves it beside the code;
 * code that runs from its sources is read.
 */
export function codeVersion(): string {
  return (known ??= `${built() ?? read()} ${process.version}`);
}

function built(): string | undefined {
  try {
    return readFileSync(new URL("../code-version.txt", import.meta.url), "utf8").trim();
  } catch {
    return undefined;
  }
}

function read(): string {
  const packages = fileURLToPath(new URL("../../../", import.meta.url));
  const texts: string[] = [];
  for (const name of readdirSync(packages).sort()) {
    const src = `${packages}/${name}/src`;
    let files: string[];
    try {
      files = readdirSync(src, { recursive: true, encoding: "utf8" }).sort();
    } catch {
      continue;
    }
    for (const file of files)
      if (file.endsWith(".ts") && !file.endsWith(".test.ts"))
        texts.push(`${name}/${file} ${hash("sha1", readFileSync(`${src}/${file}`))}`);
  }
  return hash("sha1", texts.join("\n"));
}
