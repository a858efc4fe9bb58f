-- One row per line of an order, with what was kept of it.
{{ config(materialized='table') }}

select
    lines.order_id::varchar as order_id,
    lines.line_no::integer as line_no,
    lines.sku::varchar as product_id,
    lines.quantity::integer as quantity,
    coalesce(returns.returned_quantity, 0)::integer as returned_quantity,
    lines.unit_price::decimal(12, 2) as unit_price,
    (lines.quantity * lines.unit_price)::decimal(12, 2) as gross_amount,
    (coalesce(returns.returned_quantity, 0)::integer * lines.unit_price)::decimal(12, 2) as returned_amount
from {{ source('raw_shop', 'order_lines') }} as lines
left join {{ ref('int_returns') }} as returns
    on returns.order_id = lines.order_id
    and returns.line_no = lines.line_no
