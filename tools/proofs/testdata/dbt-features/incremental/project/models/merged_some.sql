{{ config(materialized='incremental', unique_key='id', incremental_strategy='merge', merge_update_columns=['n']) }}
select id, word, n from {{ ref('base') }}
