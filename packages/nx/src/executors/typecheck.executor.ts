import { single } from "./run-verb.ts";

/** SQL against the contract, without data. */
export default single("typecheck");
