select order_id, amount from {{ ref('orders') }}
union all
select payment_id, null from {{ ref('stg_payments') }}
