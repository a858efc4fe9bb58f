-- For every tracked order the visits of the same person that may have led to it, numbered from the first.
-- Only visits with consent count, and only those of the days before the purchase.
{{ config(materialized='view') }}

with purchases as (
    select orders.order_id, orders.gross_amount, events.event_ts as purchased_at, sessions.person_key
    from {{ ref('commerce', 'orders') }} as orders
    join {{ ref('web_platform', 'clickstream_events') }} as events
        on events.order_id = orders.order_id and events.event_type = 'purchase'
    join {{ ref('behaviour', 'sessions') }} as sessions
        on sessions.visitor_key = events.visitor_key
        and events.event_ts between sessions.started_at and sessions.ended_at
)

select
    purchases.order_id,
    purchases.gross_amount,
    touches.session_id,
    touches.started_at,
    touches.utm_campaign,
    {{ channel_of('touches.utm_medium', 'touches.referrer_host') }} as channel,
    row_number() over (partition by purchases.order_id order by touches.started_at, touches.session_id) as position,
    count(*) over (partition by purchases.order_id) as touches
from purchases
join {{ ref('behaviour', 'sessions') }} as touches
    on touches.person_key = purchases.person_key
    and touches.may_attribute
    and touches.started_at <= purchases.purchased_at
    and touches.started_at >= purchases.purchased_at - to_days({{ var('attribution_window_days') }})
