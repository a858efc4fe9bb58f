select sum(amount * {{ var('rate') }}) as total, count(*) as n from {{ ref('orders') }}
