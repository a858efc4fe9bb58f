import { single } from "./run-verb.ts";

/** Who breaks by the edits since the base branch. */
export default single("compat");
