import { sync } from "./sync.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import type { SyncedFile } from "./sync.ts";

/** Files that follow from contracts: types, locks, sources for plain dbt. Platform packs add theirs here. */
export const render = (options: OperationOptions): Promise<OperationResult<readonly SyncedFile[]>> => sync(options);
