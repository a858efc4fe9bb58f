{{ config(materialized='table') }}
select 'late' as note, 1 as id, cast(2.5 as decimal(10, 2)) as amount
