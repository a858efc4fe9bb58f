import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const packages = join(import.meta.dirname, "packages");
// Tests read sources; workers, the CLI and executors under test start from dist, as users run them.
const alias = readdirSync(packages)
  .filter((name) => existsSync(join(packages, name, "src/index.ts")))
  .flatMap((name) => [
    { find: new RegExp(`^@meshwork/${name}$`), replacement: join(packages, name, "src/index.ts") },
    { find: new RegExp(`^@meshwork/${name}/([a-z-]+)$`), replacement: join(packages, name, "src/$1.ts") },
  ]);

export default defineConfig({
  resolve: { alias },
  test: {
    include: [
      "packages/*/src/**/*.test.{ts,tsx}",
      "packages/*/test/**/*.test.ts",
      "tools/**/*.test.ts",
      "domains/*/apps/*/src/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
