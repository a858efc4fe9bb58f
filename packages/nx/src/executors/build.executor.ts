import { single } from "./run-verb.ts";

/** Models, their tests, the contract's checks, then the swap of the ports. */
export default single("build");
