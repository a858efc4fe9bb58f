{{ config(materialized='table') }}
select cast(range as date) as date_day from range(date '2023-12-01', date '2024-05-01', interval 1 day)
