-- How many visits of a day reached each step, having taken all steps before it, in order. Humans only.
{{ config(materialized='table') }}

{%- set steps = funnel_steps() %}

with step_0 as (
    select session_id, visitor_key, session_date, device, started_at, ended_at, started_at as reached_at
    from {{ ref('sessions') }}
    where not is_bot
),
{% for step in steps %}
step_{{ loop.index }} as (
    select
        former.session_id,
        former.visitor_key,
        former.session_date,
        former.device,
        former.started_at,
        former.ended_at,
        min(events.event_ts) as reached_at
    from step_{{ loop.index0 }} as former
    join {{ ref('web_platform', 'clickstream_events') }} as events
        on events.visitor_key = former.visitor_key
        and events.event_type = '{{ step }}'
        and events.event_ts >= former.reached_at
        and events.event_ts <= former.ended_at
    group by 1, 2, 3, 4, 5, 6
),
{% endfor %}
reached as (
    select session_date, device, 1 as step_no, count(*) as sessions from step_0 group by session_date, device
    {% for step in steps %}
    union all
    select session_date, device, {{ loop.index + 1 }} as step_no, count(*) as sessions from step_{{ loop.index }} group by session_date, device
    {% endfor %}
),

all_steps as (
    select 1 as step_no, 'visit' as step
    {% for step in steps %}
    union all select {{ loop.index + 1 }}, '{{ step }}'
    {% endfor %}
),

days as (
    select distinct session_date, device from step_0
)

select
    days.session_date::date as funnel_date,
    days.device::varchar as device,
    all_steps.step_no::integer as step_no,
    all_steps.step::varchar as step,
    coalesce(reached.sessions, 0)::bigint as sessions
from days
cross join all_steps
left join reached
    on reached.session_date = days.session_date
    and reached.device = days.device
    and reached.step_no = all_steps.step_no
