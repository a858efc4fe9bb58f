{{ config(materialized='table', event_time='happened') }}
select * from (values (1, timestamp '2024-01-01 05:00:00', 1), (2, timestamp '2024-01-02 06:00:00', 1), (3, timestamp '2024-01-03 07:00:00', 1), (4, timestamp '2024-01-03 23:59:59', 1)) t(id, happened, run)
