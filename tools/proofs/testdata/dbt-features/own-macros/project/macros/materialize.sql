{% materialization twice, default %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set beside = make_intermediate_relation(target_relation) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ drop_relation_if_exists(beside) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') -%}
    {{ create_table_as(False, beside, 'select * from (' ~ sql ~ ') a union all select * from (' ~ sql ~ ') b') }}
  {%- endcall %}
  {% set found = load_result('main') %}
  {%- if existing is not none -%}{% do adapter.drop_relation(existing) %}{%- endif -%}
  {{ adapter.rename_relation(beside, target_relation) }}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {% do persist_docs(target_relation, model) %}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization counted, adapter='duckdb' %}
  {%- set columns = run_query(get_empty_subquery_sql(sql)).column_names -%}
  {%- set target_relation = api.Relation.create(identifier=this.identifier, schema=this.schema, database=this.database, type='table') -%}
  {% call statement('main') -%}
    create or replace table {{ target_relation }} as
    select {{ columns | length }} as width, '{{ config.get("label", "none") }}' as label, '{{ model.name }}' as name, {{ should_full_refresh() | string | lower }} as refreshed
  {%- endcall %}
  {% do adapter.commit() %}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro get_incremental_newest_sql(arg_dict) %}
  delete from {{ arg_dict['target_relation'] }};
  insert into {{ arg_dict['target_relation'] }} select {{ get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}

{% macro duckdb__create_view_as(relation, sql) %}
  create view {{ relation }} as (select 'own' as made_by, own_rows.* from ({{ sql }}) own_rows);
{% endmacro %}
