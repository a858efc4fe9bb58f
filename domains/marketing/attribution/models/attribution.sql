-- One row per order, model and touch that has a share in it. The shares of an order add up to its worth to the cent:
-- what rounding leaves goes to the last share.
{{ config(materialized='table') }}

with shares as (
    select
        *,
        (gross_amount * 100)::bigint as gross_cents,
        ((gross_amount * 100)::bigint * weight) // 100000000 as rounded_cents,
        row_number() over (partition by order_id, model order by position desc) = 1 as is_last
    from {{ ref('int_weights') }}
    where weight > 0
),

settled as (
    select
        *,
        case
            when not is_last then rounded_cents
            else gross_cents - coalesce(sum(rounded_cents) over (
                partition by order_id, model order by position rows between unbounded preceding and 1 preceding
            ), 0)
        end::bigint as cents
    from shares
)

select
    settled.order_id::varchar as order_id,
    settled.model::varchar as model,
    settled.position::integer as position,
    settled.touches::integer as touches,
    settled.session_id::varchar as session_id,
    settled.started_at::timestamp as touched_at,
    settled.channel::varchar as channel,
    campaigns.campaign_id::varchar as campaign_id,
    (settled.weight * 0.00000001)::decimal(9, 8) as weight,
    (settled.cents * 0.01)::decimal(12, 2) as attributed_revenue
from settled
left join {{ ref('campaigns') }} as campaigns on campaigns.utm_campaign = settled.utm_campaign
