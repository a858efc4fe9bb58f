{{ config(materialized='table') }}
select n from {{ source('raw', 'late') }}
