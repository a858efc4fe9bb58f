{{ config(materialized='incremental', unique_key='id', incremental_strategy='merge') }}
select id, word, n from {{ ref('base') }}
