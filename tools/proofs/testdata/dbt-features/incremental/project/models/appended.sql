{{ config(materialized='incremental') }}
select id, word, n from {{ ref('base') }}
