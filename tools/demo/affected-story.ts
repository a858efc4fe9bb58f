import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { affectedProducts, compat } from "@meshwork/workspace";
import type { ProductCompat } from "@meshwork/workspace";

export interface AffectedStory {
  readonly edit: string;
  readonly reached: readonly string[];
  readonly consumers: ProductCompat["consumers"];
  readonly step: string;
}

/** Makes two edits of one contract in a scratch copy and asks what each reaches. Nothing of the workspace is touched. */
export async function affectedStory(root: string): Promise<AffectedStory[]> {
  const parent = join(root, ".mesh");
  mkdirSync(parent, { recursive: true });
  const scratch = mkdtempSync(join(parent, "scratch-"));
  const git = (...args: string[]) =>
    execFileSync(
      "git",
      [
        "-C",
        scratch,
        "-c",
        "user.name=demo",
        "-c",
        "user.email=demo@example.invalid",
        "-c",
        "commit.gpgsign=false",
        ...args,
      ],
      { stdio: "ignore" },
    );
  try {
    cpSync(join(root, "mesh.yaml"), join(scratch, "mesh.yaml"));
    cpSync(join(root, "domains"), join(scratch, "domains"), {
      recursive: true,
      filter: (from) => !/(^|[\\/])(target|node_modules)$/.test(from),
    });
    git("init", "--quiet", "--initial-branch=main");
    git("add", "--all", "--force");
    git("commit", "--quiet", "--message", "before");
    const file = join(scratch, "domains/web-platform/clickstream-events/data-product-contract.yaml");
    const before = readFileSync(file, "utf8");
    const stories: AffectedStory[] = [];
    for (const { edit, change } of edits) {
      writeFileSync(file, change(before));
      // Both the SQL's readers of the column and the products they feed are asked of the graph, as CI would.
      const reached = await affectedProducts({ root: scratch, base: "main", verb: "typecheck" });
      const graded = await compat({ root: scratch, base: "main" });
      const product = graded.results.find((r) => r.product === "web-platform.clickstream-events");
      stories.push({
        edit,
        reached: reached.results.map((r) => r.product).filter((p) => p !== "web-platform.clickstream-events"),
        consumers: product?.consumers ?? [],
        step:
          product === undefined
            ? "none"
            : product.announced
              ? product.level
              : `${product.level}, ${product.before} becomes ${product.required}`,
      });
    }
    return stories;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const edits: readonly { edit: string; change: (text: string) => string }[] = [
  {
    edit: "a description of clickstream-events is reworded",
    change: (text) => text.replace("description: One row per event", "description: A row for each event"),
  },
  {
    edit: "column utm_campaign of clickstream-events is taken away",
    change: (text) => text.replace(/^.*name: utm_campaign.*\n/m, ""),
  },
];
