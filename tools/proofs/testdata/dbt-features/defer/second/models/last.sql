{{ config(materialized='table') }}
select made_in, 2 as n from {{ ref('base') }}
