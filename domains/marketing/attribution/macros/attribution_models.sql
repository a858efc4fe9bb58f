{# The ways of sharing an order among the visits before it. Adding one here needs its weight in int_weights. #}
{% macro attribution_models() %}
  {%- do return(['first_touch', 'last_touch', 'linear', 'position_based']) -%}
{% endmacro %}
