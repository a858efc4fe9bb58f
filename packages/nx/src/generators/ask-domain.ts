import { createInterface } from "node:readline/promises";
import type { Tree } from "@nx/devkit";
import { treeView } from "./tree-host.ts";

/**
 * Asks for the domain when the name does not tell it and there are several; schema.json cannot know what exists.
 * Without a terminal nothing is asked, and the plan names the missing flag.
 */
export async function askDomain(tree: Tree, name: string): Promise<string | undefined> {
  if (/[./]/.test(name)) return undefined;
  if (process.env["NX_INTERACTIVE"] === "false" || !process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  const { domainsIn } = await import("@meshwork/scaffold");
  const domains = domainsIn(treeView(tree)).map((d) => d.name);
  if (domains.length < 2) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = (await lines.question(`Which domain? (${domains.join(", ")}) [${domains[0]}] `)).trim();
    return answer === "" ? domains[0] : answer;
  } finally {
    lines.close();
  }
}
