{{ config(materialized='table') }}
select * from (values (2, 'b', 21), (3, 'x', 31), (4, 'd', 40)) t(id, word, n)
