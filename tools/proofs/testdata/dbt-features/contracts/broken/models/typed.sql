{{ config(materialized='table') }}
select 'late' as note, 'one' as id, cast(2.5 as decimal(10, 2)) as amount, 1 as more
