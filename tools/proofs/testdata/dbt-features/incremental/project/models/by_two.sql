{{ config(materialized='incremental', unique_key=['id', 'word'], incremental_strategy='delete+insert') }}
select id, word, n from {{ ref('base') }}
