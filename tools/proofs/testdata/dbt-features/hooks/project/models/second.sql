{{ config(materialized='incremental', post_hook=after_commit("insert into {{ target.schema }}.audit select 'committed', count(*)::varchar from {{ this }}")) }}
select id + {{ 1 if is_incremental() else 0 }} as id from {{ ref('first') }}
