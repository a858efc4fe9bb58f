/** The version of dbt whose language is spoken and whose schemas the artifacts have. */
export const dbtVersion = "1.12.0";
