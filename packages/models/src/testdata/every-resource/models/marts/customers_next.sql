{{ config(materialized='view') }}
select customer_id, count(*) as n_orders, {{ kit.twice('sum(amount)') }} as amount from {{ ref('orders') }} group by 1
