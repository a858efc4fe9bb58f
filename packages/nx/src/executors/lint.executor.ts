import { single } from "./run-verb.ts";

/** Contract, models and policies of a data product, without data. */
export default single("lint");
