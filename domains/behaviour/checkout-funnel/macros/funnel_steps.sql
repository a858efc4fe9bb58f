{# The steps after the visit itself, in the order in which they must be taken. #}
{% macro funnel_steps() %}
  {%- do return(['product_view', 'add_to_cart', 'checkout_start', 'checkout_payment', 'purchase']) -%}
{% endmacro %}
