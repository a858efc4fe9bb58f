{{ config(materialized='incremental', unique_key='id', on_schema_change='sync_all_columns') }}
select id, cast(n as bigint) as n, 'newer' as added from {{ ref('base') }}
