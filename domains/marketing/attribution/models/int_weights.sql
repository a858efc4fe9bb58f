-- A touch's weight by each model, in hundred-millionths so that weights add up exactly: what rounding leaves goes to the
-- last touch.
{{ config(materialized='ephemeral') }}

with rounded as (
    {% for model in attribution_models() %}
    select
        *,
        '{{ model }}' as model,
        {% if model == 'first_touch' %}
        case when position = 1 then 100000000 else 0 end
        {% elif model == 'last_touch' %}
        case when position = touches then 100000000 else 0 end
        {% elif model == 'linear' %}
        100000000 // touches
        {% else %}
        case
            when position = 1 and touches = 1 then 100000000
            when position = 1 and touches = 2 then 50000000
            when position = 1 then 40000000
            when touches > 2 then 20000000 // (touches - 2)
            else 0
        end
        {% endif %} as rounded_weight
    from {{ ref('int_touches') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    *,
    case
        when position < touches then rounded_weight
        else 100000000 - coalesce(sum(rounded_weight) over (
            partition by order_id, model order by position rows between unbounded preceding and 1 preceding
        ), 0)
    end::bigint as weight
from rounded
