{{ config(tags=['adhoc']) }}
select sum(amount) as amount from {{ ref('orders') }} where ordered_at >= '{{ var("start_date") }}'
