{{ config(materialized='incremental', unique_key=['id', 'word'], incremental_strategy='merge', incremental_predicates=['DBT_INTERNAL_DEST.n < 25']) }}
select id, word, n from {{ ref('base') }}
