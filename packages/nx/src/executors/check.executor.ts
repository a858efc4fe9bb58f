import { single } from "./run-verb.ts";

/** The contract's checks again, on what is built. */
export default single("check");
