{{ config(materialized='table') }}
select 7 as k
