{{ config(materialized='incremental', unique_key='id') }}
select id, word, n from {{ ref('base') }}
