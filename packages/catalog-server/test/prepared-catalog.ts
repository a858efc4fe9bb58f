import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCatalog } from "@meshwork/catalog-server";

/** Making an embedded database takes seconds, copying one does not: a test file makes one and copies it. */
export async function prepareCatalogs(): Promise<{ into: (dir: string) => string; remove: () => void }> {
  const template = mkdtempSync(join(tmpdir(), "mesh-template-"));
  const opened = await openCatalog({ dir: template });
  if (!opened.ok) throw new Error(opened.diagnostic.message);
  await opened.value.close();
  return {
    into(dir) {
      if (!existsSync(join(dir, "pgdata"))) {
        mkdirSync(dir, { recursive: true });
        cpSync(join(template, "pgdata"), join(dir, "pgdata"), { recursive: true });
      }
      return dir;
    },
    remove: () => rmSync(template, { recursive: true, force: true }),
  };
}
