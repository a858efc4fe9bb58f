import { batch } from "./run-verb.ts";

/** The same for many products in one process. */
export default batch("typecheck");
