{{ config(materialized='table', event_time='happened') }}
select * from (values (1, timestamp '2024-01-01 05:00:00', 2), (20, timestamp '2024-01-02 06:00:00', 2), (21, timestamp '2024-01-02 08:00:00', 2), (3, timestamp '2024-01-03 07:00:00', 2)) t(id, happened, run)
