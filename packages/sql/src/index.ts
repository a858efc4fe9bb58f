export type { Column, Field, LogicalType } from "./logical-type.ts";
export type { Relation } from "./relation.ts";
export type { Dialect } from "./dialect.ts";
export { id, join, literal, param, raw, relation, sql, statement } from "./statement.ts";
export type { Fragment, SqlValue, Statement } from "./statement.ts";
