select sum(amount * {{ var('rate') }}) + 1 as total, count(*) as n from {{ ref('orders') }}
