import { single } from "./run-verb.ts";

/** The tests again, on what is built. */
export default single("test");
