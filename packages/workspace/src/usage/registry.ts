import { bigquery } from "./bigquery.log.ts";
import { pg } from "./pg.log.ts";
import { snowflake } from "./snowflake.log.ts";
import { trino } from "./trino.log.ts";
import type { LogFormat } from "./usage-log.ts";

/** Every log of statements that can be imported. */
export const logFormats: readonly LogFormat[] = [snowflake, bigquery, trino, pg];
