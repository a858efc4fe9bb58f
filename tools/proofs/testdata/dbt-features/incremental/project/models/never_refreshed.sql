{{ config(materialized='incremental', full_refresh=false) }}
select id from {{ ref('base') }}
