import type { Command } from "../command.ts";
import { adoptCommand } from "./adopt.command.ts";
import { buildCommand } from "./build.command.ts";
import { catalogCommand } from "./catalog.command.ts";
import { checkCommand } from "./check.command.ts";
import { cloneCommand } from "./clone.command.ts";
import { compatCommand } from "./compat.command.ts";
import { compileCommand } from "./compile.command.ts";
import { convertCommand } from "./convert.command.ts";
import { diffCommand } from "./diff.command.ts";
import { docsCommand } from "./docs.command.ts";
import { doctorCommand } from "./doctor.command.ts";
import { explainCommand } from "./explain.command.ts";
import { impactCommand } from "./impact.command.ts";
import { importCommand } from "./import.command.ts";
import { lineageCommand } from "./lineage.command.ts";
import { lintCommand } from "./lint.command.ts";
import { lsCommand } from "./ls.command.ts";
import { metricsCommand } from "./metrics.command.ts";
import { newCommand } from "./new.command.ts";
import { parseCommand } from "./parse.command.ts";
import { pruneCommand } from "./prune.command.ts";
import { publishCommand } from "./publish.command.ts";
import { retryCommand } from "./retry.command.ts";
import { runOperationCommand } from "./run-operation.command.ts";
import { removeCommand } from "./remove.command.ts";
import { runCommand } from "./run.command.ts";
import { seedCommand } from "./seed.command.ts";
import { showCommand } from "./show.command.ts";
import { snapshotCommand } from "./snapshot.command.ts";
import { sourceCommand } from "./source.command.ts";
import { statusCommand } from "./status.command.ts";
import { syncCommand } from "./sync.command.ts";
import { testCommand } from "./test.command.ts";
import { typecheckCommand } from "./typecheck.command.ts";

/** Every command, in the order of `mesh --help`: from writing a contract to publishing a product. */
export const commands: readonly Command[] = [
  newCommand,
  removeCommand,
  lintCommand,
  diffCommand,
  compatCommand,
  convertCommand,
  importCommand,
  typecheckCommand,
  buildCommand,
  checkCommand,
  publishCommand,
  catalogCommand,
  statusCommand,
  lineageCommand,
  impactCommand,
  syncCommand,
  parseCommand,
  compileCommand,
  runCommand,
  testCommand,
  seedCommand,
  snapshotCommand,
  showCommand,
  metricsCommand,
  retryCommand,
  cloneCommand,
  sourceCommand,
  runOperationCommand,
  docsCommand,
  adoptCommand,
  lsCommand,
  pruneCommand,
  explainCommand,
  doctorCommand,
];
