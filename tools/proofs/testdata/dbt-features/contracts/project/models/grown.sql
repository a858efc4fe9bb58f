{{ config(materialized='incremental', on_schema_change='append_new_columns') }}
select {{ 2 if is_incremental() else 1 }} as id, 'x' as note
