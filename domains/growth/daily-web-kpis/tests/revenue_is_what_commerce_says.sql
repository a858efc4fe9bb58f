-- One row when the days' revenue is not the orders' worth.
select kpis.gross, orders.worth
from (select coalesce(sum(gross_revenue), 0) as gross from {{ ref('daily_web_kpis') }}) as kpis
cross join (select coalesce(sum(gross_amount), 0) as worth from {{ ref('commerce', 'orders') }}) as orders
where kpis.gross <> orders.worth
