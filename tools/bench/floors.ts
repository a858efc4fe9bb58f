// What a command cannot be faster than, each as a program of its own: node tools/dist/bench/floors.js NAME FOLDER.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [name, folder = ".", validator = ""] = process.argv.slice(2);

function files(at: string, wanted: RegExp): string[] {
  return readdirSync(at, { withFileTypes: true }).flatMap((e) => {
    if (e.name === "node_modules" || e.name === ".mesh" || e.name === ".nx") return [];
    const path = join(at, e.name);
    return e.isDirectory() ? files(path, wanted) : wanted.test(e.name) ? [path] : [];
  });
}

switch (name) {
  case "validate-contracts": {
    // Reading every contract with the fastest YAML parser there is for Node, and a JSON Schema compiled beforehand.
    const { load } = await import("js-yaml");
    const { default: validate } = (await import(pathToFileURL(validator).href)) as {
      default: (value: unknown) => boolean;
    };
    for (const file of files(join(folder, "domains"), /data-product-contract\.yaml$/))
      if (!validate(load(readFileSync(file, "utf8")))) throw new Error(`${file} is not valid by its JSON Schema`);
    break;
  }
  case "read-and-hash": {
    const hash = createHash("sha256");
    for (const file of files(folder, /\.(ya?ml|sql|csv|json|js|ts)$/)) hash.update(readFileSync(file));
    process.stdout.write(hash.digest("hex"));
    break;
  }
  case "render-nunjucks": {
    // Stock nunjucks on the same models: it renders these right, which is not true of most dbt SQL.
    const { default: nunjucks } = await import("nunjucks");
    const env = new nunjucks.Environment(null, { autoescape: false });
    const context = { ref: (...parts: string[]) => parts.join("."), config: () => "" };
    for (const file of files(join(folder, "domains"), /\.sql$/)) {
      if (file.includes("_mesh")) continue;
      env.renderString(readFileSync(file, "utf8"), context);
    }
    break;
  }
  default:
    console.error(`No floor "${name}".`);
    process.exit(2);
}
