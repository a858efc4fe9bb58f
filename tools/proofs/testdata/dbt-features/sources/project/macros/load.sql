{% macro load() %}
  {% do run_query("create schema if not exists raw") %}
  {% do run_query("create or replace table raw.late as select timestamp '2020-01-01 00:00:00' as loaded_at, 1 as n") %}
  {% do run_query("create or replace table raw.now_ as select now()::timestamp as loaded_at, 1 as n") %}
  {% do run_query("create or replace table raw.part as select now()::timestamp as loaded_at, 1 as n union all select timestamp '2020-01-01', 2") %}
  {{ log("loaded", info=true) }}
{% endmacro %}
{% macro add(table_name, n=1) %}
  {% do run_query("create or replace table raw." ~ table_name ~ " as select timestamp '2020-01-01 00:00:00' as loaded_at, " ~ n ~ " as n") %}
{% endmacro %}
