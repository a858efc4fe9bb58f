{{ config(materialized='incremental', unique_key='id', incremental_strategy='delete+insert', incremental_predicates=['n > 15']) }}
select id, word, n from {{ ref('base') }}
