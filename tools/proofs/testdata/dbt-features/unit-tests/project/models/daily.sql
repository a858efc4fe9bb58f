{{ config(materialized='incremental', unique_key='happened') }}
with recent as (
  select happened, sum(amount) as amount from {{ ref('orders') }}
  {% if is_incremental() %} where happened > (select max(happened) from {{ this }}) {% endif %}
  group by happened
)
select happened, amount, {{ times(3) }} as three, '{{ env_var("FEATURE_WORD", "none") }}' as word from recent
