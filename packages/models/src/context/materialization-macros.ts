/**
 * What materializations, hooks and operations written for dbt call: its macros about relations, hooks, schema changes
 * and naming, by dbt's names and arguments. Parsed when one of them is first asked for. A project's own of the same
 * name, or a variant for its engine (`duckdb__create_table_as`), comes first.
 */
export const materializationMacros = String.raw`
{% macro load_cached_relation(relation) -%}
  {%- if relation is none -%}{{ return(none) }}{%- endif -%}
  {{ return(adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier)) }}
{%- endmacro %}

{% macro mesh_beside(base_relation, suffix, type) -%}
  {{ return(api.Relation.create(database=base_relation.database, schema=base_relation.schema, identifier=base_relation.identifier ~ suffix, type=type)) }}
{%- endmacro %}
{% macro make_temp_relation(base_relation, suffix='__dbt_tmp') -%}
  {{ return(adapter.dispatch('make_temp_relation', 'dbt')(base_relation, suffix)) }}
{%- endmacro %}
{% macro default__make_temp_relation(base_relation, suffix) -%}
  {{ return(mesh_beside(base_relation, suffix, 'table')) }}
{%- endmacro %}
{% macro make_intermediate_relation(base_relation, suffix='__dbt_tmp') -%}
  {{ return(mesh_beside(base_relation, suffix, base_relation.type)) }}
{%- endmacro %}
{% macro make_backup_relation(base_relation, backup_relation_type, suffix='__dbt_backup') -%}
  {{ return(mesh_beside(base_relation, suffix, backup_relation_type)) }}
{%- endmacro %}

{% macro get_or_create_relation(database, schema, identifier, type) -%}
  {%- set found = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
  {%- if found -%}{{ return([true, found]) }}{%- endif -%}
  {{ return([false, api.Relation.create(database=database, schema=schema, identifier=identifier, type=type)]) }}
{%- endmacro %}

{% macro get_drop_sql(relation) -%}
  drop {{ 'view' if relation.type == 'view' else 'table' }} if exists {{ relation }}
{%- endmacro %}
{% macro drop_relation(relation) -%}{% do adapter.drop_relation(relation) %}{%- endmacro %}
{% macro drop_relation_if_exists(relation) -%}
  {%- if relation is not none -%}{% do adapter.drop_relation(relation) %}{%- endif -%}
{%- endmacro %}
{% macro get_rename_sql(relation, new_name) -%}
  alter {{ 'view' if relation.type == 'view' else 'table' }} {{ relation }} rename to {{ adapter.quote(new_name) }}
{%- endmacro %}
{% macro rename_relation(from_relation, to_relation) -%}{% do adapter.rename_relation(from_relation, to_relation) %}{%- endmacro %}
{% macro truncate_relation(relation) -%}{% do adapter.truncate_relation(relation) %}{%- endmacro %}
{% macro create_schema(relation) -%}{% do adapter.create_schema(relation) %}{%- endmacro %}
{% macro drop_schema(relation) -%}{% do adapter.drop_schema(relation) %}{%- endmacro %}

{% macro mesh_header() -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- if header %}{{ header }}
{% endif -%}
{%- endmacro %}
{% macro set_sql_header(config) -%}{% do config.set('sql_header', caller()) %}{%- endmacro %}
{% macro get_create_table_as_sql(temporary, relation, sql) -%}
  {{ adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql) }}
{%- endmacro %}
{% macro default__get_create_table_as_sql(temporary, relation, sql) -%}
  {{ return(create_table_as(temporary, relation, sql)) }}
{%- endmacro %}
{% macro create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {{ adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code) }}
{%- endmacro %}
{% macro default__create_table_as(temporary, relation, compiled_code) -%}
  {{ mesh_header() }}create {{ 'temporary ' if temporary }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }} as (
{{ compiled_code }}
)
{%- endmacro %}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {{ mesh_header() }}create {{ 'temporary ' if temporary }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }} as (
{{ compiled_code }}
)
{%- endmacro %}
{% macro get_create_view_as_sql(relation, sql) -%}{{ return(create_view_as(relation, sql)) }}{%- endmacro %}
{% macro create_view_as(relation, sql) -%}{{ adapter.dispatch('create_view_as', 'dbt')(relation, sql) }}{%- endmacro %}
{% macro default__create_view_as(relation, sql) -%}
  {{ mesh_header() }}create view {{ relation }} as (
{{ sql }}
)
{%- endmacro %}
{% macro get_create_sql(relation, sql) -%}
  {%- if relation.type == 'view' -%}{{ create_view_as(relation, sql) }}{%- else -%}{{ create_table_as(false, relation, sql) }}{%- endif -%}
{%- endmacro %}

{% macro make_hook_metadata(sql, inside_transaction) -%}{{ return(tojson({'sql': sql, 'transaction': inside_transaction})) }}{%- endmacro %}
{% macro before_begin(sql) -%}{{ return(make_hook_metadata(sql, false)) }}{%- endmacro %}
{% macro in_transaction(sql) -%}{{ return(make_hook_metadata(sql, true)) }}{%- endmacro %}
{% macro after_commit(sql) -%}{{ return(make_hook_metadata(sql, false)) }}{%- endmacro %}
{% macro run_hooks(hooks, inside_transaction=true) -%}
  {%- for hook in hooks if hook.transaction == inside_transaction -%}
    {%- if not inside_transaction and loop.first -%}{% do adapter.commit() %}{%- endif -%}
    {%- set text = render(hook.sql) | trim -%}
    {%- if text -%}{%- call statement(auto_begin=inside_transaction) -%}{{ text }}{%- endcall -%}{%- endif -%}
  {%- endfor -%}
  {%- if not inside_transaction -%}{% do adapter.commit() %}{%- endif -%}
{%- endmacro %}
{% macro noop_statement(name=none, message=none, code=none, rows_affected=none, res=none) -%}
  {%- if name -%}{% do store_raw_result(name, message=message, code=code, rows_affected=rows_affected) %}{%- endif -%}
{%- endmacro %}

{% macro should_revoke(existing_relation, full_refresh_mode=true) -%}{{ return(existing_relation is not none and not full_refresh_mode) }}{%- endmacro %}
{% macro copy_grants() -%}{{ return(false) }}{%- endmacro %}
{% macro apply_grants(relation, grant_config, should_revoke=true) -%}
  {{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}
{%- endmacro %}
{% macro default__apply_grants(relation, grant_config, should_revoke) -%}{%- endmacro %}
{% macro create_indexes(relation) -%}{%- endmacro %}
{% macro alter_relation_comment(relation, comment) -%}
  comment on {{ 'view' if relation.type == 'view' else 'table' }} {{ relation }} is '{{ comment | replace("'", "''") }}'
{%- endmacro %}
{% macro persist_docs(relation, model, for_relation=true, for_columns=true) -%}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {% do run_query(alter_relation_comment(relation, model.description)) %}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() -%}
    {%- for column in adapter.get_columns_in_relation(relation) if column.name in model.columns and model.columns[column.name].description -%}
      {% do run_query("comment on column " ~ relation ~ "." ~ adapter.quote(column.name) ~ " is '" ~ (model.columns[column.name].description | replace("'", "''")) ~ "'") %}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}

{% macro get_columns_in_relation(relation) -%}{{ return(adapter.get_columns_in_relation(relation)) }}{%- endmacro %}
{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
  select * from (
{{ select_sql }}
) as mesh_query where 1 = 0
{%- endmacro %}
{% macro get_columns_in_query(select_sql) -%}
  {{ return(run_query(get_empty_subquery_sql(select_sql)).column_names | list) }}
{%- endmacro %}
{% macro get_quoted_csv(column_names) -%}
  {%- set quoted = [] -%}
  {%- for name in column_names -%}{% do quoted.append(adapter.quote(name)) %}{%- endfor -%}
  {{ return(quoted | join(', ')) }}
{%- endmacro %}
{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
  {%- set out = [] -%}
  {%- set excluded = merge_exclude_columns | map('lower') | list if merge_exclude_columns else [] -%}
  {%- if merge_update_columns -%}{{ return(merge_update_columns) }}{%- endif -%}
  {%- for column in dest_columns if column.name | lower not in excluded -%}{% do out.append(column.quoted) %}{%- endfor -%}
  {{ return(out) }}
{%- endmacro %}

{% macro diff_columns(source_columns, target_columns) -%}
  {%- set known = target_columns | map(attribute='name') | map('lower') | list -%}
  {%- set out = [] -%}
  {%- for column in source_columns if column.name | lower not in known -%}{% do out.append(column) %}{%- endfor -%}
  {{ return(out) }}
{%- endmacro %}
{% macro diff_column_data_types(source_columns, target_columns) -%}
  {%- set out = [] -%}
  {%- for column in source_columns -%}
    {%- for other in target_columns if other.name | lower == column.name | lower and other.data_type != column.data_type -%}
      {% do out.append({'column_name': other.name, 'new_type': column.data_type}) %}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(out) }}
{%- endmacro %}
{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') -%}
  {{ return(on_schema_change if on_schema_change in ['ignore', 'fail', 'append_new_columns', 'sync_all_columns'] else default) }}
{%- endmacro %}
{% macro check_for_schema_changes(source_relation, target_relation) -%}
  {%- set source_columns = adapter.get_columns_in_relation(source_relation) -%}
  {%- set target_columns = adapter.get_columns_in_relation(target_relation) -%}
  {%- set more = diff_columns(source_columns, target_columns) -%}
  {%- set less = diff_columns(target_columns, source_columns) -%}
  {%- set types = diff_column_data_types(source_columns, target_columns) -%}
  {{ return({
    'schema_changed': (more | length + less | length + types | length) > 0,
    'source_not_in_target': more, 'target_not_in_source': less,
    'source_columns': source_columns, 'target_columns': target_columns, 'new_target_types': types,
  }) }}
{%- endmacro %}
{% macro alter_column_type(relation, column_name, new_column_type) -%}
  {% do run_query('alter table ' ~ relation ~ ' alter column ' ~ adapter.quote(column_name) ~ ' type ' ~ new_column_type) %}
{%- endmacro %}
{% macro alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) -%}
  {%- for column in (add_columns or []) -%}
    {% do run_query('alter table ' ~ relation ~ ' add column ' ~ column.quoted ~ ' ' ~ column.data_type) %}
  {%- endfor -%}
  {%- for column in (remove_columns or []) -%}
    {% do run_query('alter table ' ~ relation ~ ' drop column ' ~ column.quoted) %}
  {%- endfor -%}
{%- endmacro %}
{% macro process_schema_changes(on_schema_change, source_relation, target_relation) -%}
  {%- if on_schema_change == 'ignore' -%}{{ return({}) }}{%- endif -%}
  {%- set changes = check_for_schema_changes(source_relation, target_relation) -%}
  {%- if changes['schema_changed'] -%}
    {%- if on_schema_change == 'fail' -%}
      {{ exceptions.raise_compiler_error('The columns of the query and of ' ~ target_relation ~ ' differ, and on_schema_change is fail') }}
    {%- endif -%}
    {% do alter_relation_add_remove_columns(target_relation, changes['source_not_in_target'], changes['target_not_in_source'] if on_schema_change == 'sync_all_columns' else none) %}
    {%- if on_schema_change == 'sync_all_columns' -%}
      {%- for each in changes['new_target_types'] -%}{% do alter_column_type(target_relation, each['column_name'], each['new_type']) %}{%- endfor -%}
    {%- endif -%}
  {%- endif -%}
  {{ return(changes['source_columns']) }}
{%- endmacro %}

{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) -%}
  {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  insert into {{ target_relation }} ({{ columns }}) select {{ columns }} from {{ temp_relation }}
{%- endmacro %}
{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {{ adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}
{%- endmacro %}
{% macro default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {%- if unique_key -%}
    {%- set keys = [unique_key] if unique_key is string else unique_key -%}
    delete from {{ target }} as DBT_INTERNAL_DEST where exists (select 1 from {{ source }} as DBT_INTERNAL_SOURCE where
    {%- for key in keys %}{{ ' and' if not loop.first }} DBT_INTERNAL_SOURCE.{{ key }} = DBT_INTERNAL_DEST.{{ key }}{% endfor %})
    {%- for predicate in (incremental_predicates or []) %} and {{ predicate }}{% endfor %};
  {%- endif %}
  {{ get_insert_into_sql(target, source, dest_columns) }}
{%- endmacro %}
{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {{ adapter.dispatch('get_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}
{%- endmacro %}
{% macro default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {%- set keys = [] if not unique_key else ([unique_key] if unique_key is string else unique_key) -%}
  {%- set updated = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
  {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  merge into {{ target }} as DBT_INTERNAL_DEST using {{ source }} as DBT_INTERNAL_SOURCE on (
  {%- for key in keys %}{{ ' and ' if not loop.first }}DBT_INTERNAL_SOURCE.{{ key }} = DBT_INTERNAL_DEST.{{ key }}{% endfor %}{{ 'false' if not keys }}
  {%- for predicate in (incremental_predicates or []) %} and {{ predicate }}{% endfor %})
  {%- if keys %} when matched then update set {% for name in updated %}{{ name }} = DBT_INTERNAL_SOURCE.{{ name }}{{ ', ' if not loop.last }}{% endfor %}{% endif %}
  when not matched then insert ({{ columns }}) values (
  {%- for column in dest_columns %}DBT_INTERNAL_SOURCE.{{ column.quoted }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
{% macro get_incremental_append_sql(arg_dict) -%}
  {{ get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns']) }}
{%- endmacro %}
{% macro get_incremental_delete_insert_sql(arg_dict) -%}
  {{ get_delete_insert_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], arg_dict['incremental_predicates']) }}
{%- endmacro %}
{% macro get_incremental_merge_sql(arg_dict) -%}
  {{ get_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], arg_dict['incremental_predicates']) }}
{%- endmacro %}
{% macro get_incremental_default_sql(arg_dict) -%}
  {%- if arg_dict['unique_key'] -%}{{ get_incremental_delete_insert_sql(arg_dict) }}{%- else -%}{{ get_incremental_append_sql(arg_dict) }}{%- endif -%}
{%- endmacro %}

{% macro generate_schema_name(custom_schema_name=none, node=none) -%}
  {{ return(adapter.dispatch('generate_schema_name', 'dbt')(custom_schema_name, node)) }}
{%- endmacro %}
{% macro default__generate_schema_name(custom_schema_name, node=none) -%}
  {{ target.schema if custom_schema_name is none else target.schema ~ '_' ~ (custom_schema_name | trim) }}
{%- endmacro %}
{% macro generate_schema_name_for_env(custom_schema_name, node=none) -%}
  {{ custom_schema_name | trim if target.name == 'prod' and custom_schema_name is not none else target.schema }}
{%- endmacro %}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
  {{ return(adapter.dispatch('generate_alias_name', 'dbt')(custom_alias_name, node)) }}
{%- endmacro %}
{% macro default__generate_alias_name(custom_alias_name=none, node=none) -%}
  {%- if custom_alias_name -%}{{ custom_alias_name | trim }}
  {%- elif node.version -%}{{ node.name ~ '_v' ~ (node.version | replace('.', '_')) }}
  {%- else -%}{{ node.name }}{%- endif -%}
{%- endmacro %}
{% macro generate_database_name(custom_database_name=none, node=none) -%}
  {{ return(adapter.dispatch('generate_database_name', 'dbt')(custom_database_name, node)) }}
{%- endmacro %}
{% macro default__generate_database_name(custom_database_name=none, node=none) -%}
  {{ target.database if custom_database_name is none else custom_database_name }}
{%- endmacro %}
`;

/** Names that the text defines, without parsing it. */
export const materializationMacroNames: ReadonlySet<string> = new Set(
  [...materializationMacros.matchAll(/\{%-? macro (\w+)\(/g)].map((m) => m[1]!),
);
