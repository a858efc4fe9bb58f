{{ config(materialized='table') }}
select made_in, 1 as n from {{ ref('base') }}
