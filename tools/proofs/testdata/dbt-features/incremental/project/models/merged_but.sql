{{ config(materialized='incremental', unique_key='id', incremental_strategy='merge', merge_exclude_columns=['n']) }}
select id, word, n from {{ ref('base') }}
