{{ config(materialized='incremental', unique_key='id', on_schema_change='fail') }}
select id, word, n, 'new' as added from {{ ref('base') }}
