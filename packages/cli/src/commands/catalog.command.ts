import { join } from "node:path";
import type { Command, CommandContext } from "../command.ts";
import { CannotRun, text, UsageError } from "../command.ts";
import { workspaceRoot } from "../workspace-of.ts";

export const catalogCommand: Command = {
  name: "catalog",
  arguments: "<serve|export> [folder]",
  summary: "Serve the embedded catalog, or write it as static pages.",
  examples: ["mesh catalog serve", "mesh catalog serve --port 4400", "mesh catalog export site"],
  options: [
    { flags: "--port <n>", description: "a free one where absent" },
    { flags: "--host <address>", description: "127.0.0.1 where absent" },
  ],
  async run([action, folder], options, context) {
    const root = await workspaceRoot(context);
    const dir = join(root, ".mesh/catalog");
    if (action === "serve") return serve(dir, portOf(text(options["port"])), text(options["host"]), context);
    if (action === "export") {
      if (folder === undefined)
        throw new UsageError("mesh catalog export needs a folder to write to.\nExample: mesh catalog export site");
      return exportPages(dir, join(context.cwd, folder), context.now);
    }
    throw new UsageError(`mesh catalog knows serve and export, not "${action}".\nSee mesh catalog --help.`);
  },
};

function portOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const port = Number(given);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new UsageError(`--port takes a number up to 65535, not "${given}".\nExample: --port 4400`);
}

async function serve(
  dir: string,
  port: number | undefined,
  host: string | undefined,
  { env, signal, notice }: CommandContext,
) {
  const { startCatalog } = await import("@meshwork/catalog-server");
  const started = await startCatalog({
    dir,
    databaseUrl: env["DATABASE_URL"],
    port,
    host,
    key: env["MESH_CATALOG_KEY"],
  });
  if (!started.ok) throw new CannotRun(`${started.diagnostic.message}\n${started.diagnostic.help ?? ""}`.trimEnd());
  // The address is needed while it serves, not after: it goes out before the command ends.
  notice(`catalog: ${started.value.url}\nCtrl-C stops it.`);
  const ready = await started.value.ready;
  if (!ready.ok) throw new CannotRun(`${ready.diagnostic.message}\n${ready.diagnostic.help ?? ""}`.trimEnd());
  await new Promise<void>((done) => {
    if (signal.aborted) done();
    signal.addEventListener("abort", () => done(), { once: true });
  });
  await started.value.close();
  return {
    exitCode: 0,
    diagnostics: [],
    summary: {},
    results: { url: started.value.url },
    closing: "catalog stopped, served",
    // Ctrl-C is how one stops it.
    finished: true,
  };
}

async function exportPages(dir: string, folder: string, now: Date) {
  const [{ openCatalog }, { exportCatalog }] = await Promise.all([
    import("@meshwork/catalog-server"),
    import("@meshwork/catalog-web"),
  ]);
  const opened = await openCatalog({ dir });
  if (!opened.ok) throw new CannotRun(`${opened.diagnostic.message}\n${opened.diagnostic.help ?? ""}`.trimEnd());
  try {
    const { files } = await exportCatalog(opened.value, folder, { now });
    return {
      exitCode: 0,
      diagnostics: [],
      summary: { files: files.length },
      results: { folder, files },
      closing: `${files.length} pages in ${folder}`,
    };
  } finally {
    await opened.value.close();
  }
}
