-- One row per order. The shop is the truth about money; the clickstream only says whether the tracker saw the purchase.
{{ config(materialized='table') }}

with lines as (
    select
        order_id,
        count(*) as line_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount
    from {{ ref('order_lines') }}
    group by order_id
),

purchases as (
    select distinct order_id
    from {{ ref('web_platform', 'clickstream_events') }}
    where event_type = 'purchase'
)

select
    orders.order_id::varchar as order_id,
    orders.ordered_at::timestamp as ordered_at,
    orders.ordered_at::date as order_date,
    orders.user_key::varchar as user_key,
    orders.payment_method::varchar as payment_method,
    orders.currency::varchar as currency,
    lines.line_count::bigint as line_count,
    lines.gross_amount::decimal(12, 2) as gross_amount,
    lines.returned_amount::decimal(12, 2) as returned_amount,
    (lines.gross_amount - lines.returned_amount)::decimal(12, 2) as net_amount,
    case
        when lines.returned_amount = 0 then 'kept'
        when lines.returned_amount = lines.gross_amount then 'returned'
        else 'partly_returned'
    end::varchar as return_state,
    (purchases.order_id is not null)::boolean as is_tracked
from {{ ref('stg_orders') }} as orders
join lines on lines.order_id = orders.order_id
left join purchases on purchases.order_id = orders.order_id
